"""Whatever is wrong with a statement, the dialect reads it or says so; Spark is not asked."""

from __future__ import annotations

import random

import pytest
from mutations import broken
from soak import rounds

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError


@pytest.mark.parametrize("seed", range(rounds(40, 4)))
def test_broken_statements_are_read_or_refused(seed: int) -> None:
    dialect = Dialect()
    examples = [construct.example for construct in dialect.ledger()]
    chance = random.Random(seed)
    for _ in range(1500):
        text = broken(chance.choice(examples), chance)
        try:
            dialect.plan(text)
        except StatementError:
            continue
        except Exception as error:
            raise AssertionError(f"{text!r} ended in {error!r}") from error


def test_columns_that_are_not_closed_are_left_to_spark() -> None:
    assert Dialect().plan("CREATE TABLE sales (id INT NOT NULL PRIMARY KEY") is None
