# Two commands are all a newcomer needs; each makes its own environment first.
#   make report             the report on a made-up history, and the one on this repository
#   make report REPO=PATH   the report on a repository of yours
#   make test               runs the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: report test lint types gate bench fuzz lock release audit clean

ifdef REPO
report: $(VENV)/.ready
	$(BIN)/tallystick report --repo "$(REPO)" -o tallystick-report.html
else
report: $(VENV)/.ready
	rm -rf build/demo
	@mkdir -p build
	$(BIN)/tallystick demo build/demo
	@echo
	@echo "A made-up history, to see what a report shows:  $(CURDIR)/build/demo/report.html"
	@echo "Next, the newest 100 changes of this repository (tallystick report looks at all of the last year)."
	@first=$$(git rev-list --first-parent HEAD | sed -n 100p); \
		$(BIN)/tallystick report $${first:+"$$first..HEAD"} -q -o tallystick-report.html
	@echo "This repository:                                $(CURDIR)/tallystick-report.html"
	@echo "A repository of yours:                          make report REPO=PATH"
endif

test: $(VENV)/.ready
	$(BIN)/pytest -n auto

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy

# The product on the project: what the last commits brought, judged as a pull request would be.
gate: $(VENV)/.ready
	$(BIN)/tallystick gate --base "$${BASE:-HEAD~1}" --head HEAD

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks.all

# Each target for SECONDS; with atheris if it is there (pip install atheris), else at random.
fuzz: $(VENV)/.ready
	$(BIN)/python -m fuzz.run --seconds $${SECONDS:-300}

$(VENV)/.ready: pyproject.toml requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tallystick needs Python 3.11 or newer; say which with PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --no-compile --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Versions with hashes and without addresses, for every platform and Python from 3.11 on.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install -q uv
	$(VENV)-lock/bin/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements-dev.txt
	rm -rf $(VENV)-lock

# What a release consists of: source, wheel, what the wheel needs (with hashes), and a bill of it.
release: $(VENV)/.ready
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(PYTHON) -m venv $(VENV)-release
	$(VENV)-release/bin/python -m pip install -q --disable-pip-version-check uv==0.13.8 cyclonedx-bom==7.5.0
	$(VENV)-release/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--constraint requirements-dev.txt --no-emit-index-url --no-emit-find-links --no-header -o dist/requirements.txt
	$(VENV)-release/bin/cyclonedx-py requirements dist/requirements.txt --pyproject pyproject.toml \
		--output-reproducible --validate --output-format JSON --output-file dist/tallystick.cdx.json
	rm -rf $(VENV)-release

# Known faults in what is installed, and in workflows. Asks an index and a database of advisories.
audit:
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install -q --disable-pip-version-check zizmor==1.32.0 pip-audit==2.10.1
	$(VENV)-audit/bin/zizmor --offline --persona=auditor .github/workflows action.yml \
		docs/ci/github-workflow.yml scanner/recipes/github.yml
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt
	rm -rf $(VENV)-audit

clean:
	rm -rf $(VENV) dist build
