# make run   sets everything up and shows the demo at http://127.0.0.1:8050 (ARGS="--history 12m" and the like)
# make test  sets everything up and runs every test
.PHONY: run test lint bench lock clean
SHELL := /bin/bash
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$each && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
STAMP_DEV := .venv/.installed-dev

run: $(STAMP)
	@$(BIN)/python app.py demo $(ARGS)

test: $(STAMP_DEV)
	@deploy/ensure-chromium.sh
	@deploy/ensure-postgresql.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(STAMP_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r app.py dashboard data_sources layouts callbacks
	@deploy/audit-packages.sh $(BIN)/python

bench: $(STAMP_DEV)
	@deploy/ensure-chromium.sh
	@for each in bench/bench_*.py; do echo "== $$each"; $(BIN)/python -m bench.$$(basename $$each .py) || exit 1; done

lock:
	$(PYTHON) -m venv .venv && $(BIN)/python -m pip install -q uv
	for each in requirements requirements-dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header $$each.in -o $$each.txt || exit 1; done

$(STAMP): requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.txt
	@touch $@

$(STAMP_DEV): $(STAMP) requirements-dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv var
