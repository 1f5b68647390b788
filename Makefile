# Everything an operator or a builder does here, by name. `make` alone lists it.
# The shell work lives in scripts/: each script runs alone, too, and a second run changes nothing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON3 ?= python3
PYTEST_ARGS ?=
export PORT ?= 8000
export PYTHON3

PYTHON := .venv/bin/python
RUNTIME := .venv/.installed-runtime
TOOLS := .venv/.installed-tools
RUNTIME_PACKAGES := python3-venv libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := $(RUNTIME_PACKAGES) chromium curl libatomic1 poppler-utils softhsm2 age

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: $(RUNTIME) ## Install what the application needs (system packages, .venv)

.PHONY: demo
demo: $(RUNTIME) ## Start with invented people on http://127.0.0.1:8000 (PORT=... to change)
	@exec env BENAN_MODE=demo $(PYTHON) wsgi.py --demo

.PHONY: run
run: $(RUNTIME) ## Start with the settings of the environment and instance/
	@exec $(PYTHON) wsgi.py

.PHONY: test
test: $(TOOLS) | test-packages ## Run every test once, on SQLite and PostgreSQL, with a browser
	@scripts/run-tests.sh $(PYTEST_ARGS)

.PHONY: check
check: $(TOOLS) ## Check format, style, types and the direction of imports
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy --strict app
	.venv/bin/lint-imports

.PHONY: bench
bench: $(TOOLS) ## Measure what sealing and ledger cost, as ratios in one run
	@$(PYTHON) -m benchmarks

.PHONY: fmt
fmt: $(TOOLS) ## Format the code and apply the safe fixes
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

.PHONY: messages
messages: $(RUNTIME) ## Collect the interface texts, refresh and compile the Vietnamese catalogue
	@scripts/update-messages.sh

.PHONY: clean
clean: ## Remove .venv and caches; instance/ (your data) stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./instance -prune -o -type d -name __pycache__ -print0 | xargs -0 rm -rf

.PHONY: runtime-packages test-packages
runtime-packages:
	@scripts/install-system-packages.sh $(RUNTIME_PACKAGES)
test-packages:
	@scripts/install-system-packages.sh $(TEST_PACKAGES)

$(RUNTIME): requirements.txt | runtime-packages
	@scripts/install-python-packages.sh requirements.txt $@

$(TOOLS): requirements-dev.txt requirements.txt | runtime-packages
	@scripts/install-python-packages.sh requirements-dev.txt $@
