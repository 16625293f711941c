"""What is typed to filter or find rows, and which rows of a table it means.

::

    text             the text somewhere in the row, small or capital letters
    name:text        in the column `name`
    amount>10        typed: = != <> < <= > >=; dates and times may be cut short (day=2024-03)
    `odd name`=x     backticks around names with other characters
    name is null     is not null

A condition whose column does not exist is plain text: times (12:30) and arrows (a->b) can be
searched. NULL is never matched but by `is null`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from lakeshell.tui.widgets.grid.comparison import FilterError, compare
from lakeshell.tui.widgets.grid.texts import can_contain, column_texts

__all__ = ["Condition", "FilterError", "mask", "parse_condition"]

_TYPED = re.compile(r"\s*(?:`((?:[^`]|``)+)`|([^:<>=!]+?))\s*(:|<=|>=|<>|!=|==|=|<|>)(.*)", re.S)
_NULLNESS = re.compile(r"\s*(?:`((?:[^`]|``)+)`|(\S+))\s+is\s+(not\s+)?null\s*", re.I | re.S)


@dataclass(frozen=True)
class Condition:
    """`columns` are the numbers of those in which `value` is looked for; `operator` is one of
    ``contains = != < <= > >= null not-null``."""

    columns: tuple[int, ...]
    operator: str
    value: str


def parse_condition(
    text: str, names: list[str], searched: Iterable[int] | None = None
) -> Condition | None:
    """What `text` asks for; None when it does not ask for anything yet.

    `names` are those of all columns, `searched` the columns for text without a column.
    """
    if match := _NULLNESS.fullmatch(text):
        columns = _named(match, names)
        if columns:
            return Condition(columns, "not-null" if match[3] else "null", "")
    if match := _TYPED.fullmatch(text):
        columns = _named(match, names)
        if columns:
            return _typed(columns, match[3], match[4])
    if not text.strip():
        return None
    wanted = tuple(range(len(names))) if searched is None else tuple(searched)
    return Condition(wanted, "contains", text)


def _typed(columns: tuple[int, ...], operator: str, value: str) -> Condition | None:
    operator = {":": "contains", "<>": "!=", "==": "="}.get(operator, operator)
    if operator == "contains":
        return Condition(columns, operator, value) if value else None
    value = value.strip()
    if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]:
        return Condition(columns, operator, value[1:-1])
    return Condition(columns, operator, value) if value else None


def _named(match: re.Match[str], names: list[str]) -> tuple[int, ...]:
    """All columns of that name: names may repeat."""
    name = match[1].replace("``", "`") if match[1] is not None else match[2].strip()
    exact = tuple(index for index, other in enumerate(names) if other == name)
    folded = name.casefold()
    return exact or tuple(i for i, other in enumerate(names) if other.casefold() == folded)


def mask(
    table: pa.Table,
    condition: Condition,
    time_zone: str,
    is_current: Callable[[], bool] = lambda: True,
) -> Any:
    """Which rows a condition means: a boolean Array without NULLs, one per row.

    Raises FilterError for a value that the column cannot have, InterruptedError as soon as
    `is_current` says that nobody waits any more.
    """
    found: Any = None
    for column in condition.columns:
        if not is_current():
            raise InterruptedError
        one = _column_mask(table.column(column), condition, time_zone, is_current)
        if one is not None:
            found = one if found is None else pc.or_(found, one)
    if found is None:
        return pa.repeat(pa.scalar(False), table.num_rows)
    return found


def _column_mask(
    column: Any, condition: Condition, time_zone: str, is_current: Callable[[], bool]
) -> Any:
    """The same for one column; None: no row."""
    operator, value = condition.operator, condition.value
    if operator in ("null", "not-null"):
        # Through a struct: pyarrow cannot open every type, but it can tell its NULLs.
        empty = pc.is_null(column)
        return _one_array(empty if operator == "null" else pc.invert(empty))
    if operator == "contains":
        if not can_contain(column.type, value.lower()):
            return None
        return _contains(column, value, time_zone, is_current)
    if pat.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return _one_array(compare(column, operator, value, time_zone, is_current))


def _contains(column: Any, value: str, time_zone: str, is_current: Callable[[], bool]) -> Any:
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    any_case = value.lower() != value.upper()
    parts = [
        pc.match_substring(texts, value, ignore_case=any_case)
        for texts in column_texts(column, time_zone, is_current)
    ]
    return _one_array(pa.chunked_array(parts, pa.bool_()))


def _one_array(masks: Any) -> Any:
    if isinstance(masks, pa.ChunkedArray):
        masks = masks.combine_chunks()
        if isinstance(masks, pa.ChunkedArray):
            masks = pa.concat_arrays(masks.chunks) if masks.num_chunks else pa.array([], pa.bool_())
    return pc.fill_null(masks, False)
