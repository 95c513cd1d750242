# Every command that a person or CI runs. Needs nothing but make and Python 3.11 or newer.

PYTHON ?= python3
PORT ?= 8000
REGISTRY_HOME ?= instance

VENV := .venv
BIN := $(VENV)/bin
# Which index pip asks is the machine's own affair (environment, pip.conf); we only check the hashes.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# npm brings the public contexts. Where the machine has no Node.js 20 with npm, the virtual environment gets one from PyPI.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --loglevel=error
HAS_NODE := command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-long bench format lock clean node_modules

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: export PORT := $(PORT)
demo: export REGISTRY_HOME := $(REGISTRY_HOME)
demo: $(VENV)/runtime $(VENV)/self $(VENV)/contexts ## run the registry with sample data, on PORT (8000), kept in REGISTRY_HOME (instance)
	@exec $(BIN)/license-registry demo

test: $(VENV)/dev $(VENV)/self $(VENV)/contexts node_modules ## check format, lint and types, then run the tests: what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest --no-header --numprocesses auto --maxprocesses 4

test-long: export REGISTRY_TEST_LONG := 1
test-long: $(VENV)/dev $(VENV)/self $(VENV)/contexts node_modules ## the tests with large budgets for fuzzers and properties: an hour or so
	@$(BIN)/python -m pytest --no-header --numprocesses auto --maxprocesses 4

bench: $(VENV)/dev $(VENV)/self $(VENV)/contexts node_modules ## measure issuing and verifying beside their limit and peers; SIZE=1000000 signs a million
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench

format: $(VENV)/dev ## rewrite the code in the project's format, with the safe fixes of the linter
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: $(VENV)/dev ## pin new dependencies with their hashes; UPGRADE=1 also takes newer versions of the others
	@$(call compile,requirements.lock,pyproject.toml --group build)
	@$(call compile,requirements-dev.lock,pyproject.toml --group build --group dev --constraint requirements.lock)
	@$(call compile,requirements-node.lock,--group node)

clean: ## remove the virtual environment and the caches, never the data
	@rm -rf $(VENV) node_modules vocab/data/contexts/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	@find . -path ./node_modules -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is touched last, so an install that was interrupted is done again from nothing; a virtual
# environment cannot be built elsewhere and moved into place, its scripts hold its path.
$(VENV)/runtime: requirements.lock
	@$(call install,requirements.lock)
	@touch $@

# On top of the runtime, not instead of it: a demo that is running goes on. The development lock contains the other.
$(VENV)/dev: $(VENV)/runtime requirements-dev.lock
	@echo 'Installing requirements-dev.lock into $(VENV)'
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements-dev.lock
	@touch $@

# No index and no build isolation: the build backend is in the lock, and nothing without a hash is fetched.
$(VENV)/self: pyproject.toml $(VENV)/runtime
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/node: requirements-node.lock $(VENV)/runtime
	@{ $(HAS_NODE); } >/dev/null 2>&1 || { echo 'Installing requirements-node.lock into $(VENV)'; \
		$(PIP) install --require-hashes --only-binary :all: --requirement requirements-node.lock; }
	@touch $@

# The public contexts that vocab/contexts.py pins (packages of data only) and the browser modules that registry/vendor.py pins, copied
# to where a wheel has them too.
$(VENV)/contexts: package.json package-lock.json vocab/contexts.py vocab/vendor.py registry/vendor.py $(VENV)/node
	@$(NPM) ci --omit=dev >/dev/null
	@$(BIN)/python -m vocab.vendor node_modules
	@$(BIN)/python -m registry.vendor node_modules
	@touch $@

# Another vendor's credential software, for the tests and the bench. `npm ci` replaces the folder, stamp and all.
node_modules: node_modules/.dev
node_modules/.dev: package.json package-lock.json $(VENV)/contexts
	@$(NPM) ci >/dev/null
	@touch $@

# Wheels only: building a source distribution would fetch its build requirements without hashes.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'Python 3.11 or newer is needed, and "$(PYTHON)" is not. Name one: make PYTHON=/path/to/python3.11' >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo '"$(PYTHON)" has no venv module. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }; \
echo 'Installing $(1) into $(VENV) (about half a minute)'; \
rm -f $(VENV)/runtime $(VENV)/dev $(VENV)/self && rm -rf $(VENV) && \
$(PYTHON) -m venv $(VENV) && \
$(PIP) install --require-hashes --only-binary :all: --requirement $(1)
endef

# uv reads no pip.conf, so it is told the index that pip uses. No address and no path goes into the lock.
define compile
index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}}"; \
if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade) $(2) --output-file $(1)
endef
