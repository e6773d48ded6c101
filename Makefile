# SPDX-License-Identifier: BSD-2-Clause
# A front to meson and ninja. On a Debian 12 with git, make and root or sudo every target installs
# what it needs (packages.txt) and does the rest: "make demo", "make check".

.DEFAULT_GOAL := all
.PHONY: all demo check check-all check-boards check-bare soak-bare check-linux check-linux-all \
	check-linux-debug deb bench bench-linux bench-linux-core bench-dt coverage size fuzz torture \
	install deps clean format filelists help FORCE

PREFIX ?= /usr/local
# Debian's own, whose modules are there, whatever python comes first in PATH.
MESON ?= $(firstword $(wildcard /usr/bin/meson) meson)
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
RUN := $(PYTHON) tests/run
# A missing tool is a failure of the tests that need it, not the end of all.
GO_ON := || echo "make: going on without" >&2

all: build/irqref

help:
	@echo 'make              build build/irqref'
	@echo 'make demo         build it and run the demonstration'
	@echo 'make check        all tests that fit into minutes; the last line counts them'
	@echo 'make check-all    longer runs, cross compilers, real boards, every option'
	@echo 'make check-bare   real interrupts: kernels of ours in QEMU, four machines'
	@echo 'make soak-bare    unplug and plug on them for an hour, or SOAK_ROUNDS=500 times'
	@echo 'make check-boards resolve thousands of real devicetrees'
	@echo 'make check-linux  the Linux module on two stock kernels under QEMU; check-linux-all: on seven'
	@echo 'make check-linux-debug  the same on a kernel with lockdep and KASAN, which is built first, once'
	@echo 'make deb          build/irqref-dkms_VERSION_all.deb: the Linux module for DKMS'
	@echo 'make coverage     branch coverage of the core'
	@echo 'make size         size of each part for each cross compiler'
	@echo 'make fuzz         fuzz targets, FUZZ_SECONDS=30 each'
	@echo 'make torture      threads against threads, TORTURE_SECONDS=60'
	@echo 'make bench        what the library costs, each figure beside its limit'
	@echo 'make bench-linux  what the Linux module costs a stock kernel, in instructions'
	@echo 'make bench-linux-core  the same beside the interrupt core of a Linux built for it'
	@echo 'make bench-dt     what devicetrees cost, in the library and against dtc'
	@echo 'make install      to PREFIX=$(PREFIX), below DESTDIR'
	@echo 'make deps         install the Debian packages of packages.txt that are missing'
	@echo 'make format       clang-format on all C files; make filelists: Filelists.cmake'

build/irqref: FORCE
	@scripts/deps build
	@PREFIX=$(PREFIX) scripts/build build --quiet

demo: build/irqref
	@build/irqref demo

check:
	@scripts/deps build check bench bare linux $(GO_ON)
	@$(RUN) check

check-all:
	@scripts/deps build check cross all boards browser bench bare $(GO_ON)
	@$(RUN) check-all

check-bare:
	@scripts/deps build check bare $(GO_ON)
	@$(RUN) bare

soak-bare:
	@scripts/deps build check bare $(GO_ON)
	@$(RUN) soak-bare

check-boards:
	@scripts/deps build check boards $(GO_ON)
	@$(RUN) boards

check-linux:
	@scripts/deps build check linux $(GO_ON)
	@$(RUN) linux

check-linux-all:
	@scripts/deps build check linux $(GO_ON)
	@$(RUN) linux-all

check-linux-debug:
	@scripts/deps build check linux linux-debug $(GO_ON)
	@$(RUN) linux-debug

deb:
	@scripts/deb build

coverage:
	@scripts/deps build check $(GO_ON)
	@$(RUN) coverage

fuzz:
	@scripts/deps build check $(GO_ON)
	@$(RUN) fuzz

torture:
	@scripts/deps build check $(GO_ON)
	@TORTURE_SECONDS=$${TORTURE_SECONDS:-60} $(RUN) torture-asan torture-tsan

size:
	@scripts/deps build $(GO_ON)
	@scripts/size

bench:
	@scripts/deps build bench $(GO_ON)
	@scripts/bench $(BENCH_OPTIONS)

bench-linux:
	@scripts/deps build linux $(GO_ON)
	@tests/linux/bench

bench-linux-core:
	@scripts/deps build bench bench-linux $(GO_ON)
	@scripts/bench-linux-core

bench-dt:
	@scripts/deps build check boards $(GO_ON)
	@scripts/bench-dt

install: build/irqref
	@$(MESON) install -C build --no-rebuild $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

deps:
	@scripts/deps build check cross all boards browser bench bench-linux linux linux-debug bare $(GO_ON)

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

filelists:
	scripts/filelists >Filelists.cmake

clean:
	rm -rf build build-*
