# What CI runs. `make check` is all of it; the other targets are its parts.
PYTHON ?= python

.PHONY: check lint types layers test unit spark bench bench-tui

check: lint types layers test

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

layers:
	lint-imports

test:
	$(PYTHON) -m pytest -n 2 --dist loadfile

unit:
	$(PYTHON) -m pytest tests/unit

spark:
	$(PYTHON) -m pytest tests/spark tests/faults

bench:
	$(PYTHON) benchmarks/run.py

bench-tui:
	$(PYTHON) benchmarks/first_frame.py --write
	$(PYTHON) benchmarks/keystroke_echo.py --write
	$(PYTHON) benchmarks/tui_grid.py --write
	$(PYTHON) benchmarks/streams_cost.py --write
