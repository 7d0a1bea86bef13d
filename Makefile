# `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
MUTANTS := .venv-mutants
RACES := tests/engagements/test_proposal_races.py tests/rounds/test_publish_races.py
PORT ?= 8000
PEOPLE ?= 400
SEED ?= 7
export FLASK_APP := wsgi

.PHONY: help install labels demo run worker test test-sqlite test-postgresql races check bench mutants lock clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: $(VENV)/installed  ## Install what Trellis needs into .venv

labels: $(VENV)/installed-labels  ## Install the word vectors for closeness by the labels of skills

demo: $(VENV)/installed  ## Load a made-up company, match it and serve the site (PORT, PEOPLE, SEED)
	@TRELLIS_DEMO=1 $(BIN)/flask demo start --people $(PEOPLE) --seed $(SEED) --port $(PORT)

run: $(VENV)/installed  ## Serve the site with an embedded worker (settings from the environment)
	@$(BIN)/flask db upgrade && $(BIN)/flask serve --port $(PORT)

worker: $(VENV)/installed  ## Run one more worker
	@$(BIN)/flask jobs work

test: test-sqlite test-postgresql  ## Run every test on SQLite, and what touches the database on PostgreSQL

test-sqlite: $(VENV)/installed-dev
	$(BIN)/pytest -n 2 --dist worksteal

test-postgresql: $(VENV)/installed-dev
	$(BIN)/pytest -n 2 --dist worksteal --database postgresql -m "not browser" --ignore tests/matching

races: $(VENV)/installed-dev  ## Repeat each race of answers and publishing a hundred times, on both databases
	TRELLIS_RACES=100 $(BIN)/pytest $(RACES)
	TRELLIS_RACES=100 $(BIN)/pytest $(RACES) --database postgresql

check: $(VENV)/installed-dev  ## Lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BENCH)/installed  ## Print the comparison of the matching engine with other solvers
	$(BENCH)/bin/python benchmarks/matching.py

mutants: $(MUTANTS)/installed  ## Break the check of plans in many places and count what the tests notice
	$(MUTANTS)/bin/python benchmarks/mutants.py

lock: $(VENV)/installed-dev  ## Compile the pinned requirements anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements-dev.in -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements-labels.in -c requirements-dev.txt -o requirements-labels.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  benchmarks/requirements.in -c requirements.txt --no-emit-package gurobipy -o benchmarks/requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  benchmarks/mentor-match.in -o benchmarks/mentor-match.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  benchmarks/mutants.in -c requirements-dev.txt -o benchmarks/mutants.txt

clean:  ## Remove the environments and the demo
	rm -rf $(VENV) $(BENCH) $(MUTANTS) mutants instance

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Trellis needs Python 3.11 or newer on the PATH."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Trellis needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Trellis needs (a few minutes the first time) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need (a few minutes the first time) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/installed-labels: requirements-labels.txt $(VENV)/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-labels.txt
	@touch $@

# Without what packages ask for beyond the lists: these are whole, and one of them leaves something out on purpose.
$(BENCH)/installed: benchmarks/requirements.txt benchmarks/mentor-match.txt
	@test -n "$(PYTHON)" || { echo "Trellis needs Python 3.11 or newer on the PATH."; exit 1; }
	@echo "Installing the solvers to compare with (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  -r benchmarks/requirements.txt
	@rm -rf $(BENCH)/mentor-match
	@$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  --target $(BENCH)/mentor-match -r benchmarks/mentor-match.txt
	@touch $@

$(MUTANTS)/installed: requirements-dev.txt benchmarks/mutants.txt
	@test -n "$(PYTHON)" || { echo "Trellis needs Python 3.11 or newer on the PATH."; exit 1; }
	@echo "Installing what the tests and mutmut need (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(MUTANTS)
	@$(MUTANTS)/bin/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-dev.txt -r benchmarks/mutants.txt
	@touch $@
