#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The page of irqref tree --html in headless Chromium: it loads, searching works, a click shows the
# derivation, light and dark, no error in the console, nothing from a network. Real clicks and keys,
# by WebDriver. Prints TAP. The command is $IRQREF. Without Chromium everything fails.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
board=tests/cli/data/board.dts
large=$PWD/tests/browser/large.awk
dir=$(mktemp -d) || exit 1
driver=

end() {
	[ -n "$driver" ] && kill "$driver" 2>/dev/null && wait "$driver" 2>/dev/null
	rm -rf "$dir"
}
trap end EXIT

show_failed() {
	head -c 2000 "$dir/answer" 2>/dev/null | sed 's/^/# /'
	echo
}

give_up() { # WHY
	echo "# $1" >&2
	echo "not ok 1 - $1"
	echo "1..1"
	exit 1
}

for tool in chromium chromedriver curl jq; do
	command -v $tool >/dev/null ||
		give_up "$tool is missing (Debian packages chromium, chromium-driver, curl, jq)"
done

# A port of the driver's own choice; it says which.
chromedriver --port=0 >"$dir/driver.log" 2>&1 &
driver=$!
for _ in $(seq 200); do
	port=$(sed -nE 's/.*started successfully on port ([0-9]+).*/\1/p' "$dir/driver.log")
	[ -n "$port" ] && break
	sleep 0.1
done
[ -n "$port" ] || give_up "chromedriver does not start"

wd() { # METHOD PATH [JSON]
	curl -sS -m 60 -X "$1" -H 'Content-Type: application/json' ${3+-d "$3"} \
		"http://127.0.0.1:$port/$2" >"$dir/answer"
}

args='["--headless=new","--no-sandbox","--disable-gpu","--disable-background-networking",
"--no-first-run","--disable-dev-shm-usage","--window-size=1400,900"]'
wd POST session "{\"capabilities\":{\"alwaysMatch\":{\"browserName\":\"chrome\",
	\"goog:loggingPrefs\":{\"browser\":\"ALL\",\"performance\":\"ALL\"},
	\"goog:chromeOptions\":{\"args\":$args}}}}"
session=$(jq -r '.value.sessionId // empty' "$dir/answer")
[ -n "$session" ] || give_up "Chromium does not start: $(head -c 300 "$dir/answer")"
s=session/$session

script() { # JAVASCRIPT: what it returns
	wd POST "$s/execute/sync" "$(jq -n --arg js "$1" '{script: $js, args: []}')"
	jq -r '.value' "$dir/answer"
}

element() { # CSS
	wd POST "$s/element" "$(jq -n --arg css "$1" '{using: "css selector", value: $css}')"
	jq -r '.value | to_entries[0].value' "$dir/answer"
}

click() { # CSS
	wd POST "$s/element/$(element "$1")/click" '{}'
}

type_in() { # CSS TEXT
	wd POST "$s/element/$(element "$1")/value" "$(jq -n --arg t "$2" '{text: $t}')"
}

is() { # NAME JAVASCRIPT EXPECTED
	[ "$(script "$2")" = "$3" ]
	report $? "$1"
}

shown='[...document.querySelectorAll("main .user")].filter(e => e.offsetParent)'
paths="return $shown.map(e => e.querySelector('.path').textContent).join(' ')"

page() { # NAME FILE
	"$irqref" tree --html "$2" >"$dir/$1.html"
	report $? "$1: the page is made"
	wd POST "$s/url" "{\"url\":\"file://$dir/$1.html\"}"
}

page board $board
is "it loads, with a title" 'return document.title' "Interrupts of $board"
is "it counts" 'return document.getElementById("tally").textContent' \
	"3 controllers8 lines1 shared1 does not resolve"
is "a controller stands inside of another" \
	'return document.querySelector(".controller .controller .level").textContent' "level 1"
is "a shared line is marked" 'return document.querySelector(".line.shared .badge").textContent' \
	"shared by 2"
is "nothing is chosen yet" 'return document.querySelectorAll("ol.steps").length' 0

click 'main [data-node="/nexus/dev"]'
is "a click shows the derivation" \
	'return document.querySelectorAll("#detail ol.steps li").length' 7
is "the step through the map" \
	'return document.querySelectorAll("#detail li")[5].textContent' \
	"The entry at cell 10 matches: on to /interrupt-controller@1000 with <0 20 4>."
click 'main [data-node="/lost"]'
is "a click on what does not resolve says why" \
	'return document.querySelector("#detail .error").textContent' \
	"Does not resolve: interrupt-parent: no node has this phandle (0xdead)"

type_in '#search' 'serial@31'
is "a search by node" "$paths" "/serial@3000 /serial@3100 /serial@3200"
is "a search counts" 'return document.getElementById("hits").textContent' "1 hit"
is "what was found is marked" 'return document.querySelector("mark").textContent' "serial@31"
type_in '#search' "$(printf '\356\200\214')"
is "Escape ends the search" 'return document.getElementById("search").value' ""
type_in '#search' '0 1e 4'
is "a search by line" "$paths" "/pcie@4000"
type_in '#search' "$(printf '\356\200\214')key"
is "a search inside shows the way to it" "$paths" "/gpio@2000 /gpio@2000/key"
type_in '#search' "$(printf '\356\200\214')nowhere"
is "a search for nothing says so" \
	'return document.getElementById("nothing").offsetParent !== null' true
type_in '#search' "$(printf '\356\200\214')"
click '#only-shared'
is "shared lines only" "$paths" "/serial@3000 /serial@3100 /serial@3200"
click '#only-shared'
is "all of it again" "return $shown.length" 12

back='getComputedStyle(document.body).backgroundColor'
before=$(script "return $back")
click '#theme'
after=$(script "return $back")
[ -n "$after" ] && [ "$before" != "$after" ]
report $? "the switch changes light and dark"
wd POST "$s/goog/cdp/execute" '{"cmd":"Emulation.setEmulatedMedia","params":{"features":
	[{"name":"prefers-color-scheme","value":"dark"}]}}'
wd POST "$s/refresh" '{}'
is "the system's choice of dark is followed" 'return document.documentElement.dataset.theme' dark
is "and what the switch says" 'return document.getElementById("theme").textContent' Light

page msi tests/cli/data/msi.dts
is "messages are listed" \
	'return document.querySelectorAll(".messages .failed").length' 9
type_in '#search' 'controller@2000'
is "a search by the controller of messages" \
	'return [...document.querySelectorAll(".messages .failed:not(.hidden) .path")].map(e => e.textContent).join(" ")' \
	"/soc /soc/uart@6000"

# Names that would be markup, a line of one device after another, and 2,000 devices.
awk -f "$large" >"$dir/large.dts"
page large "$dir/large.dts"
is "names are text" 'return document.querySelectorAll("main img, main script").length' 0
is "the model is text" 'return document.getElementById("title").textContent' '</script><img src=x>'
is "many lines of one device are one row" \
	'return document.querySelector(".run .cells button").textContent' "0 – 63"
is "each of them is hidden" 'return document.querySelector(".run-lines").offsetParent' null
click '.run .cells button'
is "and can be opened" \
	'return document.querySelectorAll(".run-lines:not(.hidden) .line").length' 64
type_in '#search' 'device@1999'
is "one of 2,000 is found" "$paths" "/device@1999"

# Everything the console got, and everything that was asked for.
wd POST "$s/se/log" '{"type":"browser"}'
jq -e '.value | length == 0' "$dir/answer" >"$dir/x"
report $? "no error in the console"
script 'console.error("planted")' >"$dir/x"
wd POST "$s/se/log" '{"type":"browser"}'
jq -e '.value | length == 1' "$dir/answer" >"$dir/x"
report $? "and one would be seen"
wd POST "$s/se/log" '{"type":"performance"}'
jq -r '.value[].message | fromjson | .message | select(.method == "Network.requestWillBeSent")
	| .params.request.url | sub(":.*"; "")' "$dir/answer" | sort -u >"$dir/schemes"
[ "$(grep -vx data "$dir/schemes")" = file ]
report $? "nothing is asked of a network"
wd DELETE "$s"
echo "1..$count"
[ "$failed" -eq 0 ]
