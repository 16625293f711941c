"""Errors that Delta raises before a statement is sent, as pyspark's own classes."""

from __future__ import annotations

from typing import Any


def analysis_error(condition: str, message: str) -> Exception:
    """An AnalysisException of this class, with the words of Delta's delta-error-classes.json."""
    from pyspark.errors.exceptions.connect import AnalysisException

    error: Exception = AnalysisException(message=f"[{condition}] {message}", errorClass=condition)
    return error


def need(kind: type, name: str, value: Any) -> None:
    """Raises ValueError, as DeltaTable does, for an argument of another type."""
    words = {bool: "a boolean", str: "a string", int: "an int", dict: "a dict"}
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{name} needs to be {words[kind]} but got '{type(value)}'.")


def need_expression(name: str, value: Any) -> None:
    """Raises TypeError for what is neither a Column nor a string."""
    from pyspark.sql import Column

    if not isinstance(value, (str, Column)):
        raise TypeError(
            f"{name} must be a Spark SQL Column or a string (expression in SQL syntax), "
            f"found to be of type {type(value)}"
        )


def need_assignments(name: str, value: Any) -> None:
    """Raises ValueError or TypeError for what is no dict of column names and expressions."""
    from pyspark.sql import Column

    if value is None:
        raise ValueError(f"{name} cannot be None")
    if type(value) is not dict:
        raise TypeError(f"{name} must be a dict, found to be {type(value)}")
    for column, expression in value.items():
        if type(column) is not str:
            raise TypeError(
                f"Keys of dict in {name} must contain only strings with column names, "
                f"found '{column}' of type '{type(column)}'"
            )
        if not isinstance(expression, (str, Column)):
            raise TypeError(
                f"Values of dict in {name} must contain only Spark SQL Columns or strings "
                f"(expressions in SQL syntax) as values, found '{expression}' of type "
                f"'{type(expression)}'"
            )
