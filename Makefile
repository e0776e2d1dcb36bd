# Two commands: `make run` opens the desk of the demo county, `make test` runs every check.
# Both first make ready what they need: system libraries (Debian, Ubuntu), .venv with exactly requirements.lock.

VENV ?= .venv
PYTHON = $(VENV)/bin/python
READY = $(VENV)/.ready

# An environment knows its place: in a folder that was moved or copied since, its gridclient is still that of the old one.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: run test test-lower faults bench setup lock bundle clean help

help:
	@echo 'make run         open the desk of the demo county (without a display: walk its tour, leave screenshots in tour/)'
	@echo 'make test        every check: format, rules, types, layers, tests with coverage floors'
	@echo 'make test-lower  the map, ui and binding tests on the oldest PySide6 that is supported'
	@echo 'make faults      the fault suite of synchronisation in full (some 12 minutes), with a table of what was injected'
	@echo 'make bench       measure what the README promises'
	@echo 'make bundle      one-folder program in dist/gridclient'
	@echo 'make lock        write requirements.lock anew from pyproject.toml'
	@echo 'make clean       remove what was built; your profiles stay'

run: $(READY)
	@VENV=$(VENV) sh .ci/open-desk

# strace sees whom the desk's processes call; where it cannot be had, the tests that ask it say so and are skipped.
test: $(READY)
	@command -v strace >/dev/null || sh .ci/system-packages strace 2>/dev/null || echo 'No strace here and no leave to install it: the tests that ask it are skipped, all others go on.'
	@VENV=$(VENV) sh .ci/check

test-lower: $(READY)
	@VENV=$(VENV) sh .ci/check-lower

faults: $(READY)
	@GRIDCLIENT_FAULTS=full QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -q -p no:cacheprovider -o faulthandler_timeout=1800 tests/faults tests/integration/test_sync_carried.py

bench: $(READY)
	@$(PYTHON) -m tests.benchmarks

setup: $(READY)

$(READY): requirements.lock pyproject.toml .ci/setup .ci/system-packages
	@VENV=$(VENV) sh .ci/setup
	@pwd -P >$@

lock: $(READY)
	@VENV=$(VENV) sh .ci/lock

# PyInstaller takes Debian's own python apart with objdump and wants its shared library, which is a package of its own.
bundle: $(READY)
	@sh .ci/system-packages binutils $$($(PYTHON) -c 'import sys; sys.base_prefix == "/usr" and print("libpython%d.%d" % sys.version_info[:2])')
	@$(PYTHON) -m PyInstaller --noconfirm --clean --log-level WARN --workpath build/bundle --distpath dist build.spec
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} dist/gridclient/gridclient self-check

clean:
	rm -rf $(VENV) build dist tour gridclient.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find gridclient tests .ci -name __pycache__ -type d -prune -exec rm -rf {} +
