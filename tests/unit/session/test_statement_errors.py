"""Errors of statements are lakeshell's to the dialect and pyspark's to the code of cells."""

from __future__ import annotations

import pytest
from pyspark.errors import AnalysisException
from pyspark.errors.exceptions.connect import AnalysisException as FromServer

from lakeshell.errors import Interrupted, StatementError
from lakeshell.session.python_api.statement_errors import as_lakeshells, as_pysparks


def test_what_spark_refuses_is_a_statement_error() -> None:
    text = "[TABLE_OR_VIEW_NOT_FOUND] There is no t. SQLSTATE: 42P01; line 1 pos 14"
    with pytest.raises(StatementError) as caught, as_lakeshells():
        raise FromServer(message=text, errorClass="TABLE_OR_VIEW_NOT_FOUND", sql_state="42P01")
    assert caught.value.message == "There is no t."
    assert caught.value.error_class == "TABLE_OR_VIEW_NOT_FOUND"
    assert caught.value.sqlstate == "42P01"


def test_a_cancelled_statement_is_an_interrupt() -> None:
    with pytest.raises(Interrupted), as_lakeshells():
        raise FromServer(message="x", errorClass="OPERATION_CANCELED")


def test_cells_catch_a_refusal_as_pysparks() -> None:
    with pytest.raises(AnalysisException) as caught, as_pysparks():
        raise StatementError("No such volume.", hint="Make it.", error_class="VOLUME_NOT_FOUND")
    error = caught.value
    assert error.getCondition() == "VOLUME_NOT_FOUND"
    assert isinstance(error, StatementError)
    assert (error.message, error.hint) == ("No such volume.", "Make it.")


def test_what_came_from_spark_goes_back_as_it_was() -> None:
    first = FromServer(message="[X] y", errorClass="X")
    with pytest.raises(AnalysisException) as caught, as_pysparks(), as_lakeshells():
        raise first
    assert caught.value is first
