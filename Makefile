# Each target works as the first command on a machine with Python 3.11 or newer.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
STAMP := .venv/installed
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install run test lint check bench faults fuzz clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## make .venv with Vefa and everything it needs

$(STAMP): setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Vefa needs Python 3.11 or newer; none was found."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

run: $(STAMP) ## start Vefa with a demonstration store
	@$(BIN)/python examples/run.py

test: $(STAMP) ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -rs

lint: $(STAMP) ## format, lint, types and import contracts, without tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg

check: lint test ## everything that must be green before a commit

bench: $(STAMP) ## measure how fast orders replay and lists open
	@set -e; for bench in benchmarks/*.py; do $(BIN)/python "$$bench"; done

faults: $(STAMP) ## check that each planted fault turns a test red, and replay with every seed
	VEFA_LONG=1 $(BIN)/python -m pytest -n $(WORKERS) -rs tests/faults \
		tests/journeys/test_replay_shows.py tests/journeys/test_two_workers.py tests/journeys/test_workers_together.py \
		tests/journeys/test_captured_medusa.py tests/journeys/test_captured_saleor.py \
		tests/journeys/test_captured_woocommerce.py tests/journeys/test_shopify_losses.py \
		tests/browser/test_axe.py tests/browser/test_connect.py tests/browser/test_embed.py \
		tests/browser/test_embed_walk.py tests/browser/test_story.py tests/test_deploy.py

fuzz: $(STAMP) ## change every kind of inbound body in thousands of ways
	VEFA_LONG=1 $(BIN)/python -m pytest -rs tests/plugins/test_fuzz.py tests/plugins/test_fuzz_answers.py tests/plugins/test_fuzz_addresses.py tests/plugins/test_standard_json.py

clean: ## remove everything that can be made again, but no database
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
