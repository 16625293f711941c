"""Columns of Spark Connect written as SQL text, for statements that take no plans.

A Column of Connect is a tree of protocol messages (`spark/connect/expressions.proto`). What has
no form in SQL is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lakeshell.errors import UsageError
from lakeshell.session.python_api.literal_text import literal_text
from lakeshell.session.python_api.type_text import type_text
from lakeshell.sql.lexer import Kind, significant, tokenize
from lakeshell.sql.names import quote_name, quote_string

Qualify = Callable[[int], Sequence[str]]
"""The name by which a statement knows the DataFrame with this plan id; empty when it does not."""

_INFIX = {
    "==": "=", "=": "=", "<=>": "<=>", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "and": "AND", "or": "OR",
    "&": "&", "|": "|", "^": "^",
}  # fmt: skip
_PREFIX = {"not": "NOT", "!": "NOT", "negative": "-", "-": "-", "~": "~"}
# Functions of the client that the registry of SQL has under another name.
_OTHER_NAMES = {"isNull": "isnull", "isNotNull": "isnotnull", "isNaN": "isnan"}
_CASTS = {0: "CAST", 1: "CAST", 2: "CAST", 3: "TRY_CAST"}  # by EvalMode


class ColumnText:
    """Writes the Columns of one statement. `qualify` says what `df.column` refers to in it."""

    def __init__(self, spark: Any, qualify: Qualify = lambda plan: ()) -> None:
        self._spark = spark
        self._qualify = qualify

    def text(self, value: Any) -> str:
        """A Column, or a string that holds an expression, as one operand.

        Raises UsageError for what SQL cannot say, TypeError for any other value.
        """
        if isinstance(value, str):
            return expression_text(value)
        if not hasattr(value, "to_plan"):
            raise TypeError(
                "a Column or a string with a SQL expression is needed, "
                f"not a value of type {type(value).__name__}"
            )
        return self._written(value.to_plan(self._spark.client))

    def _written(self, message: Any) -> str:
        kind = message.WhichOneof("expr_type")
        write = getattr(self, f"_{kind}", None)
        if write is None:
            what = str(kind).replace("_", " ")
            raise UsageError(
                f"A Column made of {what} cannot be written as SQL, which this operation needs.",
                hint="Make a DataFrame with that column first, or write it with expr('…').",
            )
        written: str = write(getattr(message, kind))
        return written

    def _all(self, messages: Any) -> str:
        return ", ".join(map(self._written, messages))

    # One method for each kind of expression.
    def _literal(self, literal: Any) -> str:
        return literal_text(literal)

    def _unresolved_attribute(self, attribute: Any) -> str:
        parts = attribute_parts(attribute.unparsed_identifier)
        if attribute.HasField("plan_id"):
            parts = [*self._qualify(attribute.plan_id), *parts]
        return quote_name(parts)

    def _expression_string(self, string: Any) -> str:
        return expression_text(string.expression)

    def _unresolved_star(self, star: Any) -> str:
        return star.unparsed_target or "*"

    def _alias(self, alias: Any) -> str:
        return self._written(alias.expr)

    def _sort_order(self, order: Any) -> str:
        direction = "DESC" if order.direction == 2 else "ASC"
        nulls = "LAST" if order.null_ordering == 2 else "FIRST"
        return f"{self._written(order.child)} {direction} NULLS {nulls}"

    def _cast(self, cast: Any) -> str:
        kind = cast.type_str
        if not kind:
            from pyspark.sql.connect.types import proto_schema_to_pyspark_data_type

            kind = type_text(proto_schema_to_pyspark_data_type(cast.type))
        else:
            kind = type_text(self._spark._parse_ddl(kind))
        return f"{_CASTS.get(cast.eval_mode, 'CAST')}({self._written(cast.expr)} AS {kind})"

    def _unresolved_extract_value(self, extract: Any) -> str:
        return f"{self._written(extract.child)}[{self._written(extract.extraction)}]"

    def _unresolved_named_lambda_variable(self, variable: Any) -> str:
        return quote_name(variable.name_parts)

    def _lambda_function(self, function: Any) -> str:
        names = ", ".join(map(self._unresolved_named_lambda_variable, function.arguments))
        return f"({names}) -> {self._written(function.function)}"

    def _named_argument_expression(self, argument: Any) -> str:
        return f"{argument.key} => {self._written(argument.value)}"

    def _call_function(self, call: Any) -> str:
        return f"{quote_name(attribute_parts(call.function_name))}({self._all(call.arguments)})"

    def _common_inline_user_defined_function(self, function: Any) -> str:
        name = self._registered(function)
        return f"{quote_name([name])}({self._all(function.arguments)})"

    def _unresolved_function(self, function: Any) -> str:
        name, arguments = function.function_name, list(function.arguments)
        if name in _INFIX and len(arguments) == 2:
            left, right = map(self._written, arguments)
            return f"({left} {_INFIX[name]} {right})"
        if name in _PREFIX and len(arguments) == 1:
            return f"({_PREFIX[name]} {self._written(arguments[0])})"
        if name == "when":
            return self._case(arguments)
        if name == "in":
            return f"({self._written(arguments[0])} IN ({self._all(arguments[1:])}))"
        distinct = "DISTINCT " if function.is_distinct else ""
        name = _OTHER_NAMES.get(name, name)
        return f"{quote_name([name])}({distinct}{self._all(arguments)})"

    def _case(self, arguments: Sequence[Any]) -> str:
        written = list(map(self._written, arguments))
        pairs = zip(written[0::2], written[1::2], strict=False)
        branches = "".join(f" WHEN {condition} THEN {value}" for condition, value in pairs)
        otherwise = f" ELSE {written[-1]}" if len(written) % 2 else ""
        return f"(CASE{branches}{otherwise} END)"

    def _registered(self, function: Any) -> str:
        """The name under which a Python function of the cell is known to SQL from now on."""
        import hashlib

        udf = function.python_udf
        digest = hashlib.sha256(udf.SerializeToString()).hexdigest()[:16]
        name = f"lakeshell_{digest}"
        from pyspark.sql.connect import proto

        message = proto.CommonInlineUserDefinedFunction(
            function_name=name, deterministic=function.deterministic, python_udf=udf
        )
        self._spark.client.execute_command(proto.Command(register_function=message))
        return name


def expression_text(text: str) -> str:
    """A SQL expression of the user's as one operand; a comment at its end ends with it.

    Raises UsageError when its brackets or quotes are not closed, or it holds a semicolon.
    """
    depth = 0
    for token in significant(tokenize(text)):
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth -= 1
        if depth < 0 or not token.closed or token.kind is Kind.SEMICOLON:
            raise UsageError(f"{text[:80]!r} is not one SQL expression.")
    if depth or not text.strip():
        raise UsageError(f"{text[:80]!r} is not one SQL expression.")
    return f"({text}\n)" if "--" in text else f"({text})"


def attribute_parts(text: str) -> list[str]:
    """The parts of a column's name as Spark's `UnresolvedAttribute.parseAttributeName` reads it:
    dots outside backticks part them, and any other character belongs to a part."""
    parts, current, quoted, at = [], "", False, 0
    while at < len(text):
        character = text[at]
        if quoted and character == "`" and text[at + 1 : at + 2] == "`":
            current, at = current + "`", at + 1
        elif character == "`" and (quoted or not current):
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append(current)
            current = ""
        else:
            current += character
        at += 1
    return [*parts, current]


def column_name(text: str) -> str:
    """A column's name, whatever is in it, for a place where a name must stand."""
    return quote_name(attribute_parts(text))


def properties_text(properties: dict[str, str]) -> str:
    """`(key = value, …)` as TBLPROPERTIES takes it."""
    pairs = (f"{quote_string(key)} = {quote_string(value)}" for key, value in properties.items())
    return f"({', '.join(pairs)})"
