#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/porting.md shows the example and the driver as they are, lists every function of the hot
header, and links to what is there. (prints TAP: 1..)"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PAGE = TOP / "docs/porting.md"
BLOCK = re.compile(r"^(?:<!-- from (?P<file>\S+) -->\n)?```\w*\n(?P<code>.*?)^```$", re.M | re.S)
ROW = re.compile(r"^\| `[^`]*?(irqref_hot_\w+)\(", re.M)
FUNCTION = re.compile(r"^static inline [^;={]*?(irqref_hot_\w+)\(", re.M)
LINK = re.compile(r"\]\(([^):#]+)\)")

text = PAGE.read_text()
count = 0
failed = 0


def ok(good, name):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")


def main():
    blocks = list(BLOCK.finditer(text))
    ok(len(blocks) > 10, "it shows code")
    for block in blocks:
        first = block["code"].splitlines()[0].strip()
        there = bool(block["file"]) and block["code"] in (TOP / block["file"]).read_text()
        ok(there, f"{block['file'] or 'no file named'}: {first}")
    listed = set(ROW.findall(text))
    for header in sorted(TOP.glob("ports/*/irqref_port_*.h")):
        defined = set(FUNCTION.findall(header.read_text()))
        ok(defined == listed, f"{header.name} has the functions that are listed"
           + (f", but for {', '.join(sorted(defined ^ listed))}" if defined != listed else ""))
    for link in sorted(set(LINK.findall(text))):
        ok((PAGE.parent / link).exists(), f"link to {link}")
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
