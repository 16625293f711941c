# What CI runs. `make check` is all of it; the other targets are its parts.
PYTHON ?= python

.PHONY: check lint types layers test unit spark bench

check: lint types layers test

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

layers:
	lint-imports

test:
	$(PYTHON) -m pytest

unit:
	$(PYTHON) -m pytest tests/unit

spark:
	$(PYTHON) -m pytest tests/spark tests/faults

bench:
	$(PYTHON) benchmarks/run.py
