# run   the monitor: polls the catalogue's feeds          demo  the same against the bundled newsroom, no internet
# test  everything that CI runs: style, types, layers, tests on SQLite and Postgres
# check style, types and layers only                      bench speed, as ratios against named peers
# coverage  how much of the code the tests run, at least 90 %
# model rebuild the shipped weights                       proof try to break the promises of docs/promises.md (hours)
# clean remove what the others made
#
# Each target does all its own set-up in .venv; PYTHON chooses the interpreter (3.11 or newer), ARGS goes to the command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The versions that were tested; CONSTRAINTS= takes the newest instead.
CONSTRAINTS := constraints.txt
INSTALL := $(PIP) install --quiet $(CONSTRAINTS:%=--constraint %)
ARGS ?=

.PHONY: run demo test coverage check browser bench model proof clean

run: $(VENV)/.installed
	$(BIN)/monitor run $(ARGS)

demo: $(VENV)/.installed
	$(BIN)/monitor demo $(ARGS)

test: check browser
ifeq ($(strip $(ARGS)),)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m alone
else
	$(BIN)/python -m pytest $(ARGS)
endif

coverage: $(VENV)/.tested browser
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone" --cov --cov-report=term

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The dashboard is tested in a real browser; CHROMIUM names another than the system's.
browser:
	@[ -n "$$CHROMIUM" ] || { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -yq --no-install-recommends chromium; } || \
	  { echo "The tests need Chromium. On Debian or Ubuntu: sudo apt-get install chromium. Or name one: CHROMIUM=/path make test"; exit 1; }

bench: $(VENV)/.benched
	$(BIN)/python -m benchmarks $(ARGS)

model: $(VENV)/.trained
	$(BIN)/python -m models.recipe $(ARGS)

proof: $(VENV)/.proved browser
	$(BIN)/python -m proof $(ARGS)

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*

# A stamp is newer than pyproject.toml and constraints.txt when what it names is installed.
# What makes the environment ends with pip, so an interrupted making is begun again.
$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $$($(PYTHON) --version 2>&1) was found. Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -yq --no-install-recommends python3-venv; } || \
	  { echo "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/pip
	$(INSTALL) --editable .
	touch $@

$(VENV)/.tested: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/pip
	$(INSTALL) --editable '.[test,torch]'
	touch $@ $(VENV)/.installed

$(VENV)/.trained: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/pip
	$(INSTALL) --editable '.[train]'
	touch $@ $(VENV)/.installed

$(VENV)/.proved: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/pip
	$(INSTALL) --editable '.[proof,test,torch]'
	touch $@ $(VENV)/.installed $(VENV)/.tested

# Older pips take "lxml[html_clean]" and "lxml[html-clean]" for two things and give up.
$(VENV)/.benched: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/pip
	$(PIP) install --quiet --upgrade 'pip>=25'
	$(INSTALL) --editable '.[bench]'
	touch $@ $(VENV)/.installed
