"""CREATE FUNCTION … LANGUAGE PYTHON."""

from __future__ import annotations

from itertools import pairwise

from lakeshell.dialect.ledger import unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Refusal, Step

_PYTHON = "CREATE FUNCTION … LANGUAGE PYTHON"
CONSTRUCTS = (
    unsupported(
        _PYTHON,
        "Spark's catalog keeps functions in SQL only. In a Python cell, "
        "spark.udf.register('f', …) defines one for the session.",
        "CREATE OR REPLACE FUNCTION twice(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return 2 * x $$",
    ),
)


def whole(reader: Reader) -> Step | None:
    """Such a definition."""
    words = [token.word for token in reader.tokens]
    if "FUNCTION" not in words[1:5] or ("LANGUAGE", "PYTHON") not in pairwise(words):
        return None
    return Refusal(_PYTHON)
