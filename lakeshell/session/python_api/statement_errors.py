"""Errors of statements between pyspark and lakeshell: what carries out Databricks' statements knows
lakeshell's, and the code of cells catches pyspark's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from lakeshell.errors import Interrupted, LakeshellError, StatementError

_CANCELLED = "OPERATION_CANCELED"


@contextlib.contextmanager
def as_lakeshells() -> Iterator[None]:
    """What Spark refuses in here is raised as StatementError, or as Interrupted."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        if isinstance(error, LakeshellError):
            raise
        raise _statement_error(error) from error


@contextlib.contextmanager
def as_pysparks() -> Iterator[None]:
    """StatementErrors in here are raised as what pyspark calls an AnalysisException; one that came
    from pyspark as that again."""
    from pyspark.errors import PySparkException

    try:
        yield
    except StatementError as error:
        if isinstance(error, PySparkException):
            raise
        if isinstance(error.__cause__, PySparkException):
            raise error.__cause__ from None
        raise _refused(error) from None


def _statement_error(error: Any) -> LakeshellError:
    from lakeshell.render.errors import split_spark_message

    condition = error.getCondition()
    if condition == _CANCELLED:
        return Interrupted()
    parts = split_spark_message(str(error))
    result = StatementError(
        parts.text, error_class=condition or parts.error_class, sqlstate=error.getSqlState()
    )
    result.parameters = error.getMessageParameters() or {}
    return result


def _refused(error: StatementError) -> StatementError:
    refused: StatementError = _refusal_class()(
        error.message, hint=error.hint, error_class=error.error_class, sqlstate=error.sqlstate
    )
    return refused


@cache
def _refusal_class() -> Any:
    """Made when it is needed, since it takes pyspark to say what an AnalysisException is."""
    from pyspark.errors import AnalysisException

    class Refused(StatementError, AnalysisException):  # type: ignore[misc]
        """A statement of Databricks' that was refused or failed here."""

        def __init__(self, message: str, **details: Any) -> None:
            super().__init__(message, **details)
            self._errorClass = self.error_class

        def getSqlState(self) -> str | None:  # noqa: N802
            return self.sqlstate

    Refused.__name__ = Refused.__qualname__ = "AnalysisException"
    return Refused
