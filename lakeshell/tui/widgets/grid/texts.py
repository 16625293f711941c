"""A whole column as the texts that a person sees, with Arrow wherever Arrow writes the same.

The texts are those of `render.values.text_formatter`, to the letter; values that Arrow would write
in another form (1e10, years beyond 9999) are formatted one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.month_intervals import has_month_intervals
from lakeshell.render.values import TextStyle, text_formatter

_ROWS = 50_000  # at a time; bounds the memory of a search
_SLOW_ROWS = 5_000
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800  # seconds since 1970

_DIGITS = frozenset("0123456789-")
_ALPHABETS = (
    (pat.is_integer, _DIGITS),
    (pat.is_decimal, _DIGITS | {"."}),
    (pat.is_floating, _DIGITS | set(".enaifty")),
    (pat.is_boolean, frozenset("truefals")),
    (pat.is_date, _DIGITS | {"+"}),
    (pat.is_timestamp, _DIGITS | set("+:. utc")),
    (pat.is_time, frozenset("0123456789:.")),
)


def can_contain(kind: Any, text: str) -> bool:
    """Whether values of a type can hold `text` (in small letters) at all: spares a search."""
    for is_type, alphabet in _ALPHABETS:
        if is_type(kind):
            return alphabet.issuperset(text)
    return not pat.is_null(kind)


def column_texts(
    column: Any, time_zone: str, is_current: Callable[[], bool] = lambda: True
) -> Iterator[Any]:
    """The texts of a column, a string Array for some rows at a time, NULL where it is NULL.

    Raises InterruptedError as soon as `is_current` says that nobody waits any more.
    """
    write = text_formatter(column.type, TextStyle(time_zone))
    fast = _vectorised(column.type, time_zone)
    step = _SLOW_ROWS if fast is None else _ROWS
    for start in range(0, len(column), step):
        if not is_current():
            raise InterruptedError
        part = column.slice(start, step)
        if fast is None or has_month_intervals(column.type):
            yield _one_by_one(part, write)
            continue
        for chunk in part.chunks:
            try:
                yield _mended(chunk, fast(chunk), write)
            except (pa.ArrowException, ValueError):
                # A time zone that Arrow does not know, a value that it will not write.
                yield _one_by_one(chunk, write)


def _one_by_one(part: Any, write: Callable[[Any], str]) -> Any:
    return _strings([None if v is None else write(v) for v in plain_values(part)])


def _strings(texts: list[str | None]) -> Any:
    # Bytes that were no UTF-8 stay as they were, as in columns of strings.
    raw = [None if t is None else t.encode("utf-8", "surrogateescape") for t in texts]
    return pa.array(raw, pa.binary()).view(pa.string())


def _mended(chunk: Any, found: tuple[Any, Any], write: Callable[[Any], str]) -> Any:
    """Arrow's texts, those that are odd (a mask) replaced by ours."""
    texts, odd = found
    if odd is None or not pc.any(odd).as_py():
        return texts
    odd = pc.fill_null(odd, False)
    ours = _one_by_one(chunk.filter(odd), write)
    return pc.replace_with_mask(texts, odd, ours)


def _vectorised(kind: Any, time_zone: str) -> Callable[[Any], tuple[Any, Any]] | None:
    """A function from an Array to its texts and a mask of those that are not ours; None if there
    is none for the type."""
    if pat.is_string(kind) or pat.is_large_string(kind):
        return lambda chunk: (chunk, None)
    if pat.is_integer(kind) or pat.is_boolean(kind):
        return lambda chunk: (chunk.cast(pa.string()), None)
    if pat.is_decimal(kind):
        return _decimals
    if pat.is_float32(kind) or pat.is_float64(kind):
        return _floats
    if pat.is_date32(kind):
        return _dates
    if pat.is_timestamp(kind):
        return lambda chunk: _timestamps(chunk, time_zone)
    return None


def _decimals(chunk: Any) -> tuple[Any, Any]:
    texts = chunk.cast(pa.string())
    return texts, pc.match_substring(texts, "E") if chunk.type.scale > 6 else None


def _floats(chunk: Any) -> tuple[Any, Any]:
    texts = chunk.cast(pa.string())
    texts = pc.replace_substring_regex(texts, r"^(-?\d+)$", r"\1.0")
    size = pc.abs(chunk)
    usual = pc.and_(pc.greater_equal(size, 1e-3), pc.less(size, 1e7))
    return texts, pc.invert(usual)


def _dates(chunk: Any) -> tuple[Any, Any]:
    return chunk.cast(pa.string()), _outside(chunk.cast(pa.int32()), 86_400)


def _timestamps(chunk: Any, time_zone: str) -> tuple[Any, Any]:
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[chunk.type.unit]
    odd = _outside(chunk.cast(pa.int64()), 1, per_second)
    if chunk.type.tz is not None:
        chunk = pc.local_timestamp(chunk.cast(pa.timestamp(chunk.type.unit, time_zone)))
    texts = chunk.cast(pa.string())
    if per_second > 1:
        texts = pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".") if per_second > 1 else texts
    return texts, odd


def _outside(numbers: Any, seconds: int, per_second: int = 1) -> Any:
    """Which moments lie outside of the years 2 to 9998, where every program writes the same."""
    margin = 366 * 86_400
    first = (_YEAR_1 + margin) * per_second // seconds
    last = (_YEAR_10000 - margin) * per_second // seconds
    extent = pc.min_max(numbers).as_py()
    if extent["min"] is None or (extent["min"] >= first and extent["max"] < last):
        return None
    return pc.or_(pc.less(numbers, first), pc.greater_equal(numbers, last))
