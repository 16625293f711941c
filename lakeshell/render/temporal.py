"""Dates, times and intervals as Spark writes them, from Arrow's plain integers, for any year.

Python's own types end at the years 1 and 9999 and raise beyond; Spark's do not. The Gregorian
calendar repeats every 400 years to the weekday, so a moment outside is moved by whole cycles into
the range, read there, and its year moved back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_CYCLE_DAYS = 146_097
_CYCLE_SECONDS = _CYCLE_DAYS * 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Away from the ends by more than any zone's offset.
_FIRST_SECOND = int((datetime(2, 1, 1, tzinfo=timezone.utc) - _EPOCH).total_seconds())
_LAST_SECOND = int((datetime(9999, 1, 1, tzinfo=timezone.utc) - _EPOCH).total_seconds())
_LATE_SECOND = int((datetime(2400, 1, 1, tzinfo=timezone.utc) - _EPOCH).total_seconds())

# java.time.ZoneId's offsets: +1, +01:30, -0130, +01:30:15, each also after UTC, GMT or UT.
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?")


def find_zone(name: str) -> tzinfo | None:
    """The zone that Spark calls so (a region, ``Z``, ``+02:00``, ``UTC+8``), or None."""
    if name.upper() in ("Z", "UTC", "GMT", "UT", "ETC/UTC"):
        return timezone.utc
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes, seconds = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))
        if offset <= timedelta(hours=18):
            return timezone(-offset if sign == "-" else offset)
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def date_text(days: int) -> str:
    """A date from days since 1970-01-01: ``2024-01-31``, ``+10000-01-01``, ``-0001-12-31``."""
    ordinal = days + _EPOCH_ORDINAL
    if 1 <= ordinal <= 3_652_059:
        return date.fromordinal(ordinal).isoformat()
    cycles, day = divmod(ordinal - 1, _CYCLE_DAYS)
    within = date.fromordinal(day + 1)
    return _year(within.year + 400 * cycles) + within.isoformat()[4:]


def time_text(value: int, unit: str) -> str:
    """A time of day: ``10:00:00``, ``10:00:00.5``."""
    seconds, fraction = divmod(value, PER_SECOND[unit])
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{_fraction(fraction, PER_SECOND[unit])}"


def timestamp_formatter(unit: str, zone: str | None, *, iso: bool = False) -> Callable[[int], str]:
    """How to write timestamps of `unit` (``s``, ``ms``, ``us``, ``ns``) since the epoch.

    `zone` is the session's time zone, or None for TIMESTAMP_NTZ, which has none. For people:
    ``2024-01-01 10:00:00.5``. With `iso` ISO 8601, and where there is a zone its offset:
    ``2024-01-01T10:00:00+01:00``. Should this machine not know the zone, UTC is used and said.
    """
    per_second = PER_SECOND[unit]
    found = find_zone(zone) if zone is not None else timezone.utc
    tz = found or timezone.utc
    separator = "T" if iso else " "
    with_offset = iso and zone is not None
    suffix = " UTC" if found is None and not iso else ""

    def write(value: int) -> str:
        seconds, fraction = divmod(value, per_second)
        text, offset = _moment(seconds, tz, separator)
        part = _fraction(fraction, per_second) if fraction else ""
        return f"{text}{part}{offset if with_offset else suffix}"

    return write


def day_time_interval_text(value: int, unit: str) -> str:
    """An interval of days and shorter: ``INTERVAL '1 02:03:04.5' DAY TO SECOND``."""
    sign = "-" if value < 0 else ""
    seconds, fraction = divmod(abs(value), PER_SECOND[unit])
    days, rest = divmod(seconds, 86_400)
    clock = time_text(rest, "s") + _fraction(fraction, PER_SECOND[unit])
    return f"INTERVAL '{sign}{days} {clock}' DAY TO SECOND"


def year_month_interval_text(months: int) -> str:
    """An interval of years and months: ``INTERVAL '1-2' YEAR TO MONTH``."""
    sign = "-" if months < 0 else ""
    years, rest = divmod(abs(months), 12)
    return f"INTERVAL '{sign}{years}-{rest}' YEAR TO MONTH"


def calendar_interval_text(months: int, days: int, nanoseconds: int) -> str:
    """Spark's old CalendarInterval: ``1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds``."""
    parts: list[str] = []

    def add(amount: int, unit: int, name: str) -> int:
        whole = abs(amount) // unit * (1 if amount > 0 else -1)
        if whole:
            parts.append(f"{whole} {name}")
        return amount - whole * unit

    add(add(months, 12, "years"), 1, "months")
    add(days, 1, "days")
    rest = add(add(nanoseconds, 3_600 * 10**9, "hours"), 60 * 10**9, "minutes")
    if rest:
        seconds, fraction = divmod(abs(rest), 10**9)
        sign = "-" if rest < 0 else ""
        parts.append(f"{sign}{seconds}{_fraction(fraction, 10**9)} seconds")
    return " ".join(parts) or "0 seconds"


def _moment(seconds: int, tz: tzinfo, separator: str) -> tuple[str, str]:
    cycles = 0
    if seconds < _FIRST_SECOND:
        cycles = -((_FIRST_SECOND - seconds) // _CYCLE_SECONDS + 1)
    elif seconds >= _LAST_SECOND:
        cycles = (seconds - _LATE_SECOND) // _CYCLE_SECONDS
    moment = _EPOCH + timedelta(seconds=seconds - cycles * _CYCLE_SECONDS)
    if tz is timezone.utc:
        offset = "Z"
    else:
        moment = moment.astimezone(tz)
        offset = moment.isoformat()[19:]
    text = moment.isoformat(separator)[:19]
    if cycles:
        text = _year(moment.year + 400 * cycles) + text[4:]
    return text, offset


def _year(year: int) -> str:
    if year > 9999:
        return f"+{year}"
    return f"{year:04}" if year >= 0 else f"-{-year:04}"


def _fraction(value: int, per_second: int) -> str:
    if not value:
        return ""
    return "." + str(per_second + value)[1:].rstrip("0")
