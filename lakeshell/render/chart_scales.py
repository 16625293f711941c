"""Axes: where values stand between 0 and 1, and which round places are named.

Doubles of any size are safe: nothing here adds or subtracts two of them before halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from lakeshell.render.temporal import date_text, find_zone, timestamp_formatter

_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
          _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY)  # fmt: skip
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000)


@dataclass(frozen=True)
class Tick:
    """A place on an axis that has a name."""

    at: float
    label: str


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on an axis."""

    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float], *, zero: bool = False) -> Scale:
        """From the least to the greatest of some finite values; `zero` takes 0 in."""
        low, high = min(values), max(values)
        return Scale(min(low, 0.0), max(high, 0.0)) if zero else Scale(low, high)

    def place(self, value: float) -> float:
        """Where a value stands, 0 to 1; the middle where all are the same."""
        span = self.high / 2 - self.low / 2
        if span <= 0:
            return 0.5
        return min(max((value / 2 - self.low / 2) / span, 0.0), 1.0)


def number_ticks(scale: Scale, most: int) -> list[Tick]:
    """Round numbers on an axis, at most `most`; its ends where there are none between."""
    most = max(most, 2)
    low, high = scale.low, scale.high
    rough = (high / 2 - low / 2) / (most - 1) * 2
    ends = [Tick(low, _number(low, 0))] if low == high else _ends(low, high)
    if not 1e-300 < rough < 1e300 or max(abs(low), abs(high)) / rough > 1e14:
        return ends
    step = round_step(rough)
    decimals = max(0, -math.floor(math.log10(step)))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    if last <= first:
        return ends
    return [Tick(n * step, _number(n * step, decimals)) for n in range(first, last + 1)][:most]


def rounded(scale: Scale, most: int) -> Scale:
    """The axis made longer, so that it begins and ends at round numbers."""
    rough = (scale.high / 2 - scale.low / 2) / max(most - 1, 1) * 2
    if not 1e-300 < rough < 1e300 or max(abs(scale.low), abs(scale.high)) / rough > 1e14:
        return scale
    step = round_step(rough)
    low, high = math.floor(scale.low / step), math.ceil(scale.high / step)
    return Scale(low * step, high * step)


def round_step(rough: float) -> float:
    """The next of 1, 2, 5, 10 … that is no smaller."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power


def date_ticks(scale: Scale, most: int) -> list[Tick]:
    """Days, months or years on an axis of days since 1970-01-01."""
    in_seconds = Scale(scale.low * _DAY, scale.high * _DAY)
    ticks = _time_ticks(
        in_seconds, most, timedelta(0), lambda at: date_text(round(at / _DAY)), shortest=_DAY
    )
    return [Tick(tick.at / _DAY, tick.label) for tick in ticks]


def time_ticks(scale: Scale, most: int, zone: str | None) -> list[Tick]:
    """Round moments on an axis of seconds since the epoch; `zone` as in `timestamp_formatter`."""
    write = timestamp_formatter("ms", zone)
    offset = timedelta(0)
    found = find_zone(zone) if zone else None
    if found is not None:
        try:
            moment = (_EPOCH + timedelta(seconds=scale.low)).astimezone(found)
            offset = moment.utcoffset() or offset
        except (OverflowError, ValueError):
            pass  # beyond Python's years: no round local time then
    return _time_ticks(scale, most, offset, lambda at: write(round(at * 1000)))


def _time_ticks(
    scale: Scale,
    most: int,
    offset: timedelta,
    write: Callable[[float], str],
    *,
    shortest: float = 0.0,
) -> list[Tick]:
    low, high = scale.low, scale.high
    most = max(most, 2)
    rough = (high - low) / (most - 1)
    ends = (
        [Tick(low, write(low))] if low == high else [Tick(low, write(low)), Tick(high, write(high))]
    )
    if rough <= 0:
        return ends
    if rough > _STEPS[-1]:
        return _month_ticks(low, high, most, offset) or ends
    step = max(next((s for s in _STEPS if s >= rough), 1), shortest)
    if rough < 1 and not shortest:
        step = round_step(rough)
    shift = offset.total_seconds()
    first = math.ceil((low + shift) / step - 1e-9)
    last = math.floor((high + shift) / step + 1e-9)
    ticks = [n * step - shift for n in range(first, last + 1)][:most]
    return _told(ticks, write, step) or ends


def _told(places: list[float], write: Callable[[float], str], step: float) -> list[Tick]:
    """The texts, without seconds or a clock that is zero in all of them."""
    texts = [write(at) for at in places]
    if all(text.endswith(" 00:00:00") for text in texts):
        texts = [text[:-9] for text in texts]
    elif step >= 60 and all(text.endswith(":00") for text in texts):
        texts = [text[:-3] for text in texts]
    return [Tick(at, text) for at, text in zip(places, texts, strict=True)]


def _month_ticks(low: float, high: float, most: int, offset: timedelta) -> list[Tick]:
    try:
        first, last = _EPOCH + timedelta(seconds=low), _EPOCH + timedelta(seconds=high)
    except OverflowError:
        return []
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month
    step = next((s for s in _MONTHS if (end - begin) / s <= 1.5 * most), _MONTHS[-1])
    ticks = []
    for month in range(-(-begin // step) * step, end + 1, step):
        year, index = divmod(month, 12)
        if not 1 <= year <= 9999:
            continue
        days = date(year, index + 1, 1).toordinal() - _EPOCH.date().toordinal()
        at = days * _DAY - offset.total_seconds()
        if low <= at <= high:
            ticks.append(Tick(at, f"{year:04}" if step % 12 == 0 else f"{year:04}-{index + 1:02}"))
    return ticks if len(ticks) > 1 else []


def _ends(low: float, high: float) -> list[Tick]:
    return [Tick(low, _number(low, 0)), Tick(high, _number(high, 0))]


def _number(value: float, decimals: int) -> str:
    if value == 0:
        return "0"
    if decimals > 6 or not 1e-6 <= abs(value) < 1e9:
        return f"{value:.4g}"
    if not decimals and value != int(value):
        return f"{value:,.6g}"
    return f"{value:,.{decimals}f}"
