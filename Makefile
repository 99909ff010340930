# `make demo` shows the product; `make test` proves it. Both set up what they need.
.POSIX:
.DEFAULT_GOAL := help
SHELL = /bin/sh

PYTHON ?= python3
export PYTHON
# Ours first: no system Node.js is used.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Each of the demo's processes would otherwise compile two thousand files again.
unexport PYTHONDONTWRITEBYTECODE

IN_VENV = . scripts/lib.sh;

.PHONY: help
help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.installed: requirements.lock scripts/install-python.sh scripts/lib.sh
	@sh scripts/install-python.sh

node_modules/.installed: package-lock.json .npmrc scripts/install-browser-code.sh .venv/.installed
	@sh scripts/install-browser-code.sh

# Templates and forms name the rules that are kept of Bootstrap.
SOURCES := $(shell find static/src templates mih -type f \( -path 'static/*' -o -name '*.html' -o -name '*.py' \) 2>/dev/null)

static/dist/.built: $(SOURCES) scripts/build.mjs scripts/purge.mjs node_modules/.installed
	@$(IN_VENV) npm run --silent build && mkdir -p static/dist && touch $@

.PHONY: setup
setup: static/dist/.built ## install everything and build the browser code

.PHONY: demo
demo: .venv/.installed ## run the product with invented people at http://127.0.0.1:8000 (PORT=… for another)
	@$(IN_VENV) python -m mih.embedded run -- python scripts/demo.py

.PHONY: demo-reset
demo-reset: setup ## forget everything the demo holds
	@$(IN_VENV) python -m mih.embedded reset

.PHONY: test
test: setup ## every check and every test, browser tests included
	@$(IN_VENV) python -m mih.embedded run -- sh scripts/test.sh

.PHONY: test-faults
test-faults: setup ## break the tablet, the network, the server and the database in sixty ways; nothing may be lost
	@$(IN_VENV) python -m mih.embedded run -- python -m pytest -n "$${TEST_PROCESSES:-2}" --dist loadfile --no-loadscope-reorder tests/faults

.PHONY: lighthouse
lighthouse: setup ## Lighthouse on the tablet's screens, printed and kept in docs/performance.md
	@$(IN_VENV) python -m mih.embedded run -- python -m bench.lighthouse

.PHONY: bench
bench: setup ## what the product costs with a whole city in it, as tables and as docs/performance-city.md (BENCH=--small to try)
	@$(IN_VENV) python manage.py collectstatic --noinput --verbosity 0; python -m mih.embedded run -- python -m bench.city $(BENCH)

.PHONY: bench-field
bench-field: setup ## what the offline tablet costs in bytes and time, as a table and as docs/performance.md
	@$(IN_VENV) python -m mih.embedded run -- python -m bench.field

.PHONY: lint
lint: setup ## format, lint, types and floors only
	@sh scripts/lint.sh

.PHONY: format
format: setup ## put every file into its format
	@$(IN_VENV) ruff check --fix-only --quiet; ruff format && npm run --silent format

.PHONY: lock
lock: .venv/.installed ## bring requirements.lock up to pyproject.toml (UPGRADE=1 takes newer versions)
	@$(IN_VENV) uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) \
		--quiet --output-file requirements.lock

.PHONY: stop
stop: ## stop the embedded PostgreSQL and Redis
	@$(IN_VENV) python -m mih.embedded down

.PHONY: clean
clean: ## remove everything that was made, the demo's data too
	@$(IN_VENV) python -m mih.embedded remove
	rm -rf .venv node_modules static/dist "$${MIH_VAR_DIR:-var}"
