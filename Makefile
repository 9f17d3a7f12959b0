# Targets of the house; `make help` lists them. Everything lives in .venv and $AISLE_HOME.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUNTIME := $(VENV)/.runtime-$(shell sha256sum requirements.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
DEV := $(VENV)/.dev-$(shell sha256sum requirements-dev.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
EXTRAS := $(VENV)/.extras-$(shell sha256sum requirements-extras.lock requirements-dev.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
# On Linux PyPI's PyTorch brings gigabytes of CUDA; `+cpu` is no version of PyPI's, so it cannot come by accident.
TORCH ?= torch==2.13.0$(if $(filter Linux,$(shell uname -s)),+cpu)

.PHONY: help setup setup-dev setup-train demo test test-vllm test-models browser check golden lock widget widget-check bench bench-browser clean \
	injections gate-fuzz gate-crash gate-race gate-audit gate-words gate-mutants feed-fuzz

help: ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(RUNTIME) ## build .venv with what the product needs
setup-dev: $(DEV) ## add the tools that tests and checks need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Aisle needs Python 3.11 to 3.13; run make with PYTHON=python3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.runtime-*; touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/.dev-*; touch $@

setup-train: $(EXTRAS) ## add what training and large models need to .venv (TORCH= names another PyTorch)

$(EXTRAS): $(DEV) requirements-extras.lock
	@$(PIP) install --quiet --no-deps "$(TORCH)" 2>/dev/null \
	  || $(PIP) install --quiet --no-deps --retries 1 --index-url https://download.pytorch.org/whl/cpu "$(TORCH)" \
	  || { echo "pip finds no $(TORCH). Put its wheel into a folder that PIP_FIND_LINKS names, or choose another, e.g. with gigabytes of CUDA: make setup-train TORCH=torch==2.13.0"; exit 1; }
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-extras.lock
	$(PIP) install --quiet "$(TORCH)"
	@rm -f $(VENV)/.extras-*; touch $@

demo: setup ## set up if needed, build the demo shop, serve it and print its address
	$(BIN)/aisle serve

test: setup-dev browser ## run every test, offline (J= is how many side by side)
	$(BIN)/python -m pytest -n $(or $(J),logical) --maxprocesses 4 --dist loadfile

# Only root with apt-get can do this without asking anybody; elsewhere the run says what it left out.
browser: ## install Chromium for the browser tests, where this machine lets us
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1 \
	  || echo "apt-get could not install Chromium; the browser tests will be left out."; fi

check: setup-dev ## lint, import contracts, strict types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

golden: setup-dev ## record the journeys anew; review the diff like code
	AISLE_GOLDEN=write $(BIN)/python -m pytest tests/test_journeys.py

widget: ## check the storefront widget's types and build it anew from ui/widget/src (needs Node and npm)
	cd ui/widget && npm ci --silent --ignore-scripts --no-audit --no-fund && npm run --silent types && npm run --silent build && rm -rf node_modules

widget-check: widget ## fail when ui/widget/dist is not what its sources build
	@test -z "$$(git status --porcelain -- ui/widget/dist)" || { git status --short -- ui/widget/dist; echo "ui/widget/dist is not what ui/widget/src builds: run make widget and commit it."; exit 1; }

.venv-vllm/bin/python: serving/requirements-vllm.txt serving/vllm/environment.py
	$(PYTHON) serving/vllm/environment.py .venv-vllm

# 3.5 GB, then a checkpoint of 1.3 MB is trained (minutes) and kept in ~/.cache/aisle/vllm.
test-vllm: setup-dev .venv-vllm/bin/python ## whole conversations on a real vLLM, without a GPU
	$(BIN)/python -m pytest tests/vllm/vllm_suite.py --timeout 3000 -o log_cli=true -o log_cli_level=WARNING

test-models: setup-train ## what the extras bring, with tiny models made here
	$(BIN)/python -m pytest tests/models/models_suite.py tests/models/vision_suite.py -W default

bench: setup ## time turns over HTTP on the demo shop
	$(BIN)/aisle eval load

bench-browser: setup-dev browser ## time the first page and /chat in a browser
	$(BIN)/python -m tests.browser.speed

injections: setup-dev ## a planner that obeys every injection, through whole turns (N=1200)
	AISLE_INJECTIONS=$(or $(N),1200) $(BIN)/python -m pytest tests/assistant/test_injections.py -q --timeout 0

# The gate's rigs run on both databases; DB=sqlite or DB=postgresql is one of them, ARGS= goes to the rig as it is.
gate = $(foreach db,$(or $(DB),sqlite postgresql),$(BIN)/python -m evals.gate $(1) --database $(db) $(ARGS) &&) true

gate-fuzz: setup-dev ## random hostile and honest sequences of purchases and changes at the gate (N=1500)
	$(call gate,fuzz --cases $(or $(N),1500))

gate-crash: setup-dev ## kill -9 at every point of a purchase or change, again in recovery (N=0 is every pair)
	$(call gate,crash --cases $(or $(N),0))

gate-race: setup-dev ## 64 presses of one card at once from several processes (N=1000)
	$(call gate,race --cases $(or $(N),1000))

gate-audit: setup-dev ## tamper with the audit log in every way and count what is found (N=0 is every way)
	$(call gate,audit --cases $(or $(N),0))

gate-words: setup ## thousands of different sentences that sound like consent never move a card (N=3000)
	$(BIN)/python -m evals.gate words --cases $(or $(N),3000)

gate-replay: setup ## tau2's 176 gold write calls through the gate (DATA=folder KILLS=0 for a kill at every point)
	$(BIN)/python -m evals.gate replay --cases $(or $(N),0) --kills $(or $(KILLS),40) $(if $(DATA),--data $(DATA))

gate-mutants: setup ## switch guards off one by one and demand red rigs (ARGS=--pairs for pairs, too)
	$(BIN)/python -m evals.gate mutants $(ARGS)

feed-fuzz: setup ## spoil rows of feeds in every format: no crash, no row lost without a word (N=10000)
	$(BIN)/python -m evals.feeds fuzz --cases $(or $(N),10000) $(ARGS)

lock: ## resolve the locks anew (needs uv on the PATH)
	uv pip compile pyproject.toml --group build --generate-hashes --python-version 3.11 --universal -q --no-header -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --generate-hashes --python-version 3.11 --universal -q --no-header -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml --extra models --extra train --no-emit-package torch --generate-hashes --python-version 3.11 --universal -q --no-header -c requirements.lock -c requirements-dev.lock -o requirements-extras.lock

clean: ## remove the environment (never a shop's home)
	rm -rf $(VENV) build dist out
