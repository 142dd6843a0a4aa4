# Two commands are all a newcomer needs; each makes its own environment first.
#   make report   runs Tallystick on this repository and says where the report is
#   make test     runs the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: report sample test lint types gate bench fuzz lock clean

report: $(VENV)/.ready
	$(BIN)/tallystick report -o tallystick-report.html

# The report on a made-up history that has most of what a page can show.
sample: $(VENV)/.ready
	rm -rf build/sample
	$(BIN)/python -m fixtures.sample_history build/sample
	$(BIN)/tallystick report --repo build/sample --pulls build/sample-pulls.json -o build/sample-report.html

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
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Versions with hashes and without addresses, for every platform and Python from 3.11 on.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install -q uv
	$(VENV)-lock/bin/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements-dev.txt
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) dist build
