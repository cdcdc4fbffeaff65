# Yardstick. `make app` serves the chat, `make test` runs every test; both set up first what they need, in .venv.

# The interpreter the environment is made from, 3.11 or newer: make app PYTHON=python3.12
PYTHON ?= python3
# Where PyTorch comes from, if not from the default index. On Linux that one's build brings several gigabytes of CUDA
# libraries; the CPU build suffices: make app TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# How many processes the tests are spread over.
WORKERS ?= 2
# What `make evals` compares the cases with: make evals BASE=HEAD~1
BASE ?= origin/main
# More for the command that is run: make app ARGS="--port 8000", make test ARGS="-k citation"
ARGS ?=

# Where this is set, as in many containers, every process compiles the libraries that it imports anew: half of the time
# that the tests take.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# A worker takes whole files, in the order of tests/conftest.py.
SPREAD := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
LOCKED := pyproject.toml constraints.txt
# uv resolves in seconds where pip backtracks for minutes.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt

.PHONY: help app test check lint format setup evals bench clean

help:  ## This list
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

app: .venv/ready-app  ## Read the sample briefings (the first time) and serve the chat on http://127.0.0.1:7860
	$(BIN)/python app.py --samples samples $(ARGS)

test: .venv/ready-dev  ## Every test; those in a browser need Chromium or Chrome, and say so where there is none
	$(BIN)/python -m pytest $(SPREAD) $(ARGS)

check: lint  ## Lint, types and the quick tests, in under a minute
	$(BIN)/python -m pytest $(SPREAD) -m "not slow and not browser" $(ARGS)

lint: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready-dev  ## Rewrite the code the way `make lint` wants it
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

evals: .venv/ready-dev  ## The cases at BASE and as they are here: what a change makes worse; reports in build/evals
	$(BIN)/python -m evals gate --base $(BASE) --out build/evals $(ARGS)
	$(BIN)/python -m evals mutate

bench: .venv/ready-bench  ## Every benchmark; writes docs/benchmarks.md
	$(BIN)/python -m evals.bench $(ARGS)

setup: .venv/ready-dev  ## The environment of a developer, and the checks before a commit
	$(BIN)/pre-commit install

clean:  ## Away with the environment and everything derived from the code; briefings and stores stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

# One environment, filled as far as the command asked for needs. A ready file is older than pyproject.toml or
# constraints.txt exactly when there is something to install.
.venv/ready-app: .venv/ready-torch $(LOCKED)
	@echo "Installing Yardstick ..."
	$(INSTALL) --editable .
	@touch $@

.venv/ready-dev: .venv/ready-torch $(LOCKED)
	@echo "Installing Yardstick and what its tests need ..."
	$(INSTALL) --editable '.[dev]'
	@touch $@ .venv/ready-app

.venv/ready-bench: .venv/ready-torch $(LOCKED)
	@echo "Installing Yardstick and what its benchmarks need ..."
	$(INSTALL) --editable '.[dev,bench]'
	@touch $@ .venv/ready-dev .venv/ready-app

# By pip and before all else: pip is what people configure with an index or a folder of wheels of their own, and whatever
# build of PyTorch it finds there, uv then leaves in place.
.venv/ready-torch: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Yardstick needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@echo "Setting up .venv: this takes a few minutes, once ..."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch uv
	@touch $@
