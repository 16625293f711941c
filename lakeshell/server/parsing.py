"""Whether Spark's own parser, Delta's extension included, understands a text."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark


def parse_problems(spark: Spark, texts: list[str]) -> list[dict[str, Any] | None]:
    """For each text why it cannot be parsed, None where it can. Nothing is run or looked up.

    `message` is Spark's, `line` counts from 1 and `column` from 0; both are None where Spark names
    no place.
    """
    from py4j.protocol import Py4JJavaError

    parser = spark.session.sessionState().sqlParser()
    found: list[dict[str, Any] | None] = []
    for text in texts:
        try:
            parser.parsePlan(text)
        except Py4JJavaError as error:
            found.append(_problem(error.java_exception))
        else:
            found.append(None)
    return found


def _problem(error: Any) -> dict[str, Any]:
    line = column = None
    with contextlib.suppress(Exception):  # not a ParseException: it knows no place
        line, column = _some(error.line()), _some(error.startPosition())
    return {"message": str(error.getMessage() or error), "line": line, "column": column}


def _some(option: Any) -> int | None:
    return int(option.get()) if option.isDefined() else None
