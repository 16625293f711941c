"""Comparing a column with a value that was typed, by the column's type and in Spark's order.

A date or time may be cut short: it then stands for all moments that begin so. `day=2024-03` are the
days of March, `day>2024-03` those from April on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from lakeshell.errors import UsageError
from lakeshell.render.month_intervals import is_month_interval
from lakeshell.render.temporal import PER_SECOND, find_zone
from lakeshell.tui.widgets.grid.texts import column_texts

_OPERATORS = {
    "=": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_MOMENT = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})"
    r"(?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?)?)?Z?"
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EXACT = Context(prec=120)


class FilterError(UsageError):
    """The column cannot have the value that was typed."""


def compare(
    column: Any,
    operator: str,
    value: str,
    time_zone: str,
    is_current: Callable[[], bool] = lambda: True,
) -> Any:
    """Where `column operator value` holds: boolean, NULL where the column is NULL. Raises
    FilterError for a value that is not of the column's type."""
    kind = column.type
    if pat.is_integer(kind) or pat.is_decimal(kind):
        return _exact_numbers(column, operator, _number(value))
    if pat.is_floating(kind):
        return _floats(column, operator, value)
    if pat.is_boolean(kind):
        words = {"true": 1, "t": 1, "1": 1, "yes": 1, "false": 0, "f": 0, "0": 0, "no": 0}
        if value.lower() not in words:
            raise FilterError(f"{value} is neither true nor false.")
        truth = pa.scalar(words[value.lower()], pa.int8())
        return _OPERATORS[operator](column.cast(pa.int8()), truth)
    if pat.is_string(kind) or pat.is_large_string(kind):
        binary = pa.large_binary() if pat.is_large_string(kind) else pa.binary()
        raw = pa.chunked_array([chunk.view(binary) for chunk in column.chunks], binary)
        typed = pa.scalar(value.encode("utf-8", "surrogatepass"), binary)
        return _OPERATORS[operator](raw, typed)
    if pat.is_date32(kind):
        first, after = _days(value)
        return _within(column.cast(pa.int32()), operator, first, after)
    if pat.is_timestamp(kind):
        zone = time_zone if kind.tz is not None else "UTC"
        first, after = _moments(value, zone, PER_SECOND[kind.unit])
        return _within(column.cast(pa.int64()), operator, first, after)
    if pat.is_time(kind):
        first, after = _clock(value, PER_SECOND[kind.unit])
        numbers = column.cast(pa.int32() if pat.is_time32(kind) else pa.int64())
        return _within(numbers, operator, first, after)
    if is_month_interval(kind) and operator not in ("=", "!="):
        raise FilterError("Intervals can be compared with = and != only.")
    texts = list(column_texts(column, time_zone, is_current))
    return _OPERATORS[operator](pa.chunked_array(texts, pa.string()), pa.scalar(value))


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value.replace("_", "").replace(",", ""))
    except InvalidOperation:
        raise FilterError(f"{value} is not a number.") from None
    if not number.is_finite() or number.adjusted() > 100 or number.adjusted() < -100:
        raise FilterError(f"{value} is not a number that this column can have.")
    return number


def _exact_numbers(column: Any, operator: str, value: Decimal) -> Any:
    """Integers and decimals, also with a value that lies between two of theirs."""
    kind = column.type
    scale = kind.scale if pat.is_decimal(kind) else 0
    step = Decimal(1).scaleb(-scale, _EXACT)
    floor = value.quantize(step, ROUND_FLOOR, _EXACT)
    if floor != value:
        # No value of the column equals it; it stands right above `floor`.
        if operator in ("=", "!="):
            return _constant(column, operator == "!=")
        operator = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}[operator]
    try:
        typed = pa.scalar(floor if pat.is_decimal(kind) else int(floor), kind)
    except (pa.ArrowException, OverflowError):
        # Beyond everything that the column can hold.
        above = value > 0
        return _constant(
            column, operator == "!=" or operator in (("<", "<=") if above else (">", ">="))
        )
    return _OPERATORS[operator](column, typed)


def _floats(column: Any, operator: str, value: str) -> Any:
    """Doubles in Spark's order: NaN equals itself and is larger than anything else."""
    try:
        number = float(value.replace("_", "").replace(",", ""))
    except ValueError:
        raise FilterError(f"{value} is not a number.") from None
    if pat.is_float16(column.type):
        column = column.cast(pa.float32())
    nan = pc.is_nan(column)
    if number != number:
        if operator in ("=", ">="):
            return nan
        if operator in ("!=", "<"):
            return pc.invert(nan)
        return _constant(column, operator == "<=")
    found = _OPERATORS[operator](column, pa.scalar(number, column.type))
    return pc.or_(found, nan) if operator in (">", ">=") else found


def _constant(column: Any, truth: bool) -> Any:
    """`truth` for every value, NULL for NULL."""
    return pc.if_else(pc.is_valid(column), pa.scalar(truth), pa.scalar(None, pa.bool_()))


def _within(numbers: Any, operator: str, first: int, after: int) -> Any:
    """A comparison with all of `first` ≤ x < `after`."""
    if operator in ("=", "!="):
        inside = pc.and_(_against(numbers, ">=", first), _against(numbers, "<", after))
        return inside if operator == "=" else pc.invert(inside)
    if operator in (">", "<="):
        return _against(numbers, ">=" if operator == ">" else "<", after)
    return _against(numbers, operator, first)


def _against(numbers: Any, operator: str, value: int) -> Any:
    return _exact_numbers(numbers, operator, Decimal(value))


def _days(value: str) -> tuple[int, int]:
    first, after = _datetimes(value)
    if first.time() != datetime.min.time() or (after - first) < timedelta(days=1):
        raise FilterError(f"{value} is not a date.")
    return (first.date() - date(1970, 1, 1)).days, (after.date() - date(1970, 1, 1)).days


def _moments(value: str, zone: str, per_second: int) -> tuple[int, int]:
    """The moments meant, in units since 1970."""
    match = _MOMENT.fullmatch(value.strip())
    first, after = _datetimes(value)
    tz = find_zone(zone) or timezone.utc
    bounds = []
    for local in (first, after):
        gap = local.replace(tzinfo=tz) - _EPOCH
        bounds.append((gap.days * 86_400 + gap.seconds) * per_second)
    if match is not None and match[7]:
        return _fraction(bounds[0], match[7], per_second)
    return bounds[0], bounds[1]


def _datetimes(value: str) -> tuple[datetime, datetime]:
    """The first moment meant and the first one after it, whole seconds, without a zone."""
    match = _MOMENT.fullmatch(value.strip())
    if match is None:
        raise FilterError(f"{value} is not a date or time: 2024, 2024-03, 2024-03-31 10:00.")
    parts = [int(part) for part in match.groups()[:6] if part is not None]
    try:
        first = datetime(*[*parts, *[1] * (3 - len(parts))])  # type: ignore[arg-type]
        if len(parts) == 1:
            return first, datetime(first.year + 1, 1, 1)
        if len(parts) == 2:
            return first, (first + timedelta(days=32)).replace(day=1)
        spans = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1)}
        return first, first + spans.get(len(parts), timedelta(seconds=1))
    except (ValueError, OverflowError):
        raise FilterError(f"{value} is not in the calendar.") from None


def _clock(value: str, per_second: int) -> tuple[int, int]:
    match = _CLOCK.fullmatch(value.strip())
    if match is None:
        raise FilterError(f"{value} is not a time: 10, 10:30, 10:30:15.")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    first = (hour * 3_600 + minute * 60 + second) * per_second
    if match[4]:
        return _fraction(first, match[4], per_second)
    seconds = 1 if match[3] else 60 if match[2] else 3_600
    return first, first + seconds * per_second


def _fraction(start: int, digits: str, per_second: int) -> tuple[int, int]:
    """What begins with these digits after the second's point."""
    nanoseconds = int(digits.ljust(9, "0"))
    first = start + nanoseconds * per_second // 10**9
    return first, first + max(1, 10 ** (9 - len(digits)) * per_second // 10**9)
