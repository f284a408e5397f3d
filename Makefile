# make quarter   sets up and evaluates one quarter of one district
# make test      sets up and runs every test
SHELL := /bin/bash
QUARTER ?= 2024Q3
AREA ?= 05370
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))
BIN := .venv/bin
READY := .venv/.ready
TESTED := .venv/.tested
unexport PYTHONDONTWRITEBYTECODE
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: quarter test test-again test-long benchmark-ingest benchmark-protect benchmark-quarters benchmark-suite simulate simulate-paths lab lint docs trust lock clean help
.DELETE_ON_ERROR:

quarter: $(READY)  ## evaluate a quarter: make quarter QUARTER=2024Q3 AREA=05370
	@$(BIN)/kimeval run --quarter $(QUARTER) --area $(AREA)

test: $(TESTED)  ## run every test, unless nothing changed since they last passed
	@echo "All tests have passed for this state of the files. 'make test-again' runs them anew."

test-again:  ## run every test, in any case
	@rm -f $(TESTED)
	@$(MAKE) --no-print-directory test

test-long: $(READY)  ## run the full forms of long tests
	$(BIN)/python -m pytest -q -m long

benchmark-ingest: $(READY)  ## time ingestion against plain and tuned pandas; takes about half an hour
	$(BIN)/python benchmarks/ingest.py

benchmark-protect: $(READY)  ## protect a release of the state, and count what is lost; some minutes
	$(BIN)/python benchmarks/protect.py

benchmark-quarters: $(READY)  ## release eight quarters in turn, attack each with all before it; some minutes
	$(BIN)/python benchmarks/eight_quarters.py --write

simulate: $(READY)  ## measure how often intervals hold a known truth; half an hour
	$(BIN)/python benchmarks/coverage_of_truths.py --write
	$(BIN)/python benchmarks/simulate.py --write

simulate-paths: $(READY)  ## lay what is measured of paths beside what is true; a quarter of an hour
	$(BIN)/python benchmarks/coverage_of_paths.py --write

benchmark-suite: $(READY)  ## time a run over eight areas against papermill, and against its cells alone; half an hour
	$(BIN)/python benchmarks/suite.py

lab: $(READY)  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks

lint: $(READY)  ## style and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

docs: $(READY)  ## write the generated pages of docs/ anew
	$(BIN)/python .ci/documentation.py
	$(BIN)/python .ci/protection.py
	$(BIN)/python .ci/running.py

trust: $(READY)  ## allow the notebooks as they are now to run; read them first
	$(BIN)/python .ci/trusted.py

lock: $(READY)  ## resolve dependencies anew and write environment.yml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements.lock
	$(BIN)/python .ci/environment.py

clean:  ## remove the environment and every output; the register of releases stays
	rm -rf .venv outputs/[0-9]* outputs/.[!.]* data/vintages/[0-9]* data/vintages/.shared

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 20

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "kimeval needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --compile -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

WATCHED := $(shell find src tests benchmarks notebooks profiles data/sample data/reference docs .ci Makefile README.md \
  GLOSSARY.md CHANGELOG.md LICENSE .gitignore \
  pyproject.toml requirements.lock environment.yml -not -path '*/__pycache__*' -not -path '*/.ipynb_checkpoints*' 2>/dev/null)
$(TESTED): $(READY) $(filter-out docs,$(WATCHED))
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q
	@touch $@
