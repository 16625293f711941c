"""The arguments of `spark.sql(text, args=…)`, written into the text as typed literals.

Spark's own binding is lost in Delta's parser (delta-io/delta#7640). A value becomes the literal
that `pyspark.sql.functions.lit` makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lakeshell.errors import UsageError
from lakeshell.session.python_api.column_text import ColumnText
from lakeshell.sql.lexer import Kind, Token, tokenize


def bind_arguments(spark: Any, text: str, args: Any) -> str:
    """`text` with its `:name` replaced from a dict, or its `?` from a list or tuple.

    Values: what `lit` takes, Columns, dicts (they become maps), and lists of these. Values that
    the text does not use are ignored, as by Spark; a marker that has none is left for Spark to
    refuse. Raises TypeError for other `args` and for a value of a type without literal, UsageError
    for a Column that SQL cannot say.
    """
    write = ColumnText(spark)

    def literal(value: Any) -> str:
        return write.text(_column(value))

    if isinstance(args, Mapping):
        return _replaced(text, _named(args, literal))
    if isinstance(args, Sequence) and not isinstance(args, (str, bytes)):
        return _replaced(text, _positional(args, literal))
    raise TypeError(f"args must be a dict or a list, not {type(args).__name__}.")


Value = Callable[[Token], "str | None"]


def _named(args: Mapping[Any, Any], literal: Callable[[Any], str]) -> Value:
    def value(token: Token) -> str | None:
        if token.kind is not Kind.PARAMETER or token.text[1:] not in args:
            return None
        return literal(args[token.text[1:]])

    return value


def _positional(args: Sequence[Any], literal: Callable[[Any], str]) -> Value:
    left = list(args)

    def value(token: Token) -> str | None:
        if token.kind is not Kind.OPERATOR or token.text != "?" or not left:
            return None
        return literal(left.pop(0))

    return value


def _replaced(text: str, value: Value) -> str:
    pieces = []
    for token in tokenize(text):
        literal = value(token)
        if literal is None:
            pieces.append(token.text)
            continue
        # A quote, a dot or a letter that touches the literal would make another token of it.
        following = text[token.end : token.end + 1]
        space = " " if following and not following.isspace() and following not in ",);" else ""
        pieces.append(literal + space)
    return "".join(pieces)


def _column(value: Any) -> Any:
    """The value as a Column."""
    from pyspark.sql.connect import functions

    if isinstance(value, Mapping):
        pairs = [_column(part) for pair in value.items() for part in pair]
        return functions.create_map(*pairs)
    if isinstance(value, (list, tuple)):
        return functions.array(*map(_column, value))
    try:
        return functions.lit(value)
    except AssertionError:
        raise UsageError(f"{value!r} is not a value that a statement can be given.") from None
