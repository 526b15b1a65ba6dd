# make run     set up and start the tray; without a screen, play the demo in a virtual desktop
# make demo    the tray with made-up figures; without a screen, the same as make run
# make test    set up, check, bundle and run all tests
# make check   formatting, lint, types, import contract, dependencies
# make bundle  the program with everything it needs, in dist/lemlist-credits/
# make bundle-test  all tests that run the program, with the bundle in place of the source
# make release  the bundle as .tar.xz and .deb, with checksums, in dist/release/
# make release-test  make it, and install, run and remove it on a minimal Debian; needs root
# make bench   how light it is beside a bare tray icon and its peers, in build/bench.json
# make soak    thousands of polls on a desktop in memory: does anything grow?
# make forecast-report  how well the forecast does on made-up teams, into docs/forecast.md
# make pictures  all pictures to look at, in build/, and those of the README, in docs/pictures/
# make setup   all that the others need, without doing anything with it
# make lock    write the lock files after a change of pyproject.toml; deleted ones upgrade
# make clean   remove all that the others made

BIN := .venv/bin
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INSTALL_LOCKED := $(BIN)/python resources/install_locked.py
SOURCES := main.py build.spec $(shell find tray_app resources -type f -not -name '*.pyc')

# Test files at a time: most of them wait for programs more than they compute.
AT_ONCE := 3

START := $(BIN)/python -m tests.pictures.demo build/demo
DEMO := $(START)
SCREEN := virtual-desktop
ifneq ($(DISPLAY)$(WAYLAND_DISPLAY),)
START := $(BIN)/python main.py
DEMO := $(BIN)/python main.py demo
SCREEN :=
endif

# The system packages that each target needs, as resources/system-packages.sh calls them.
PACKAGES_run := qt $(SCREEN)
PACKAGES_demo := qt $(SCREEN)
PACKAGES_bundle := qt bundle
PACKAGES_test := qt virtual-desktop bundle
PACKAGES_bundle-test := qt virtual-desktop bundle
PACKAGES_release := qt bundle release
PACKAGES_release-test := qt virtual-desktop bundle release release-test
PACKAGES_bench := qt virtual-desktop bundle bench
PACKAGES_soak := qt virtual-desktop
PACKAGES_pictures := qt virtual-desktop
PACKAGES_setup := qt virtual-desktop bundle release release-test bench
PACKAGES := $(sort $(foreach target,$(or $(MAKECMDGOALS),run),$(PACKAGES_$(target))))

PROGRAM_TESTS := tests/store/test_keychain_process.py $(addprefix tests/program/test_,$(addsuffix .py, \
	bundle canary desktop_faults disk_faults faults keychain_faults tray tray_insight wayland))

.PHONY: run demo test check bundle bundle-test release release-test bench soak forecast-report pictures setup lock clean system
.NOTPARALLEL:

run: .venv/runtime-installed
	$(START)

demo: .venv/runtime-installed
	$(DEMO)

test: check bundle
	@# The package's test keeps both processors busy for minutes; `make release-test` runs it.
	$(BIN)/pytest --numprocesses=$(AT_ONCE) --dist=loadfile --ignore=tests/project/test_release.py \
		--cov --cov-report=term-missing:skip-covered
	@rm -f .coverage.*  # half-written by processes that tests have killed
	@report=$$($(BIN)/coverage report --show-missing --fail-under=100 \
		--include='tray_app/rules/*,tray_app/lemlist/balance.py') || { echo "$$report"; exit 1; }

check: .venv/dev-installed
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/shellcheck --severity=warning resources/*.sh resources/macos/*.sh
	$(BIN)/zizmor --offline --quiet --persona=auditor .github/workflows

bundle: dist/lemlist-credits/lemlist-credits

dist/lemlist-credits/lemlist-credits: .venv/dev-installed $(SOURCES)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct || echo 0) PYTHONHASHSEED=0 \
		PYTHONNODEBUGRANGES=1 $(BIN)/pyinstaller --noconfirm --log-level=WARN build.spec
	touch $@

bundle-test: bundle
	PROGRAM=bundle $(BIN)/pytest --numprocesses=$(AT_ONCE) --dist=loadfile $(PROGRAM_TESTS)

# From scratch: the bill of materials has the commit's time in it.
release: .venv/dev-installed
	rm -rf dist/lemlist-credits
	$(MAKE) bundle
	$(BIN)/python -m resources.make_release

release-test: release
	$(BIN)/pytest tests/project/test_release.py
	$(BIN)/python -m tests.project.release_root

bench: .venv/dev-installed bundle
	$(BIN)/python -m tests.bench

soak: .venv/dev-installed
	$(BIN)/python -m tests.program.soak

forecast-report: .venv/dev-installed
	$(BIN)/python -m tests.rules.forecast_report

pictures: .venv/dev-installed
	$(BIN)/python -m tests.pictures.demo build/demo
	$(BIN)/python -m tests.pictures.make
	$(BIN)/python -m tests.pictures.make --readme

setup: .venv/dev-installed

# A changed lock begins anew, so that what it no longer has is gone. So does a Python that is gone,
# as after an upgrade of the system.
$(shell $(BIN)/python -c 'import pip' 2>/dev/null || rm -f .venv/made)

.venv/made: requirements.lock requirements-dev.lock | system
	$(PYTHON) -m venv --clear .venv
	$(INSTALL_LOCKED) requirements.lock
	touch $@

.venv/runtime-installed: .venv/made pyproject.toml
	$(PIP_INSTALL) --no-index --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev-installed: .venv/runtime-installed
	$(INSTALL_LOCKED) requirements-dev.lock
	touch $@

system:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: sudo apt-get install python3" \
		"(on Ubuntu 22.04: python3.11)"; exit 1; }
	@resources/system-packages.sh $(PYTHON) $(PACKAGES)

LOCK := build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --extra build pyproject.toml

lock: | system
	$(PYTHON) -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check uv
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv build dist *.egg-info .coverage* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
