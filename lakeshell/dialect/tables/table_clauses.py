"""What statements on materialized views and streaming tables have in common: their clauses between
the name and AS, how much a refresh does, their schedule."""

from __future__ import annotations

from dataclasses import dataclass

from lakeshell.dialect.reader import Reader
from lakeshell.sql.names import quote_name, quote_string

_UNITS = ("HOUR", "HOURS", "DAY", "DAYS", "WEEK", "WEEKS")


@dataclass
class Clauses:
    """What has been read of them; `schedule` as it is kept, `ignored` by name."""

    partitioned: tuple[str, ...] = ()
    clustered: tuple[str, ...] = ()
    comment: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    schedule: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def layout(self) -> str:
        """As Spark wants it."""
        text = ""
        if self.partitioned:
            text += f"PARTITIONED BY ({_quoted(self.partitioned)})\n"
        if self.clustered:
            text += f"CLUSTER BY ({_quoted(self.clustered)})\n"
        if self.comment is not None:
            text += f"COMMENT {quote_string(self.comment)}\n"
        return text

    def read(self, reader: Reader) -> bool:
        """Step behind the clause that stands here; False when there is none."""
        if reader.words("PARTITIONED", "BY"):
            self.partitioned = _read_names(reader)
        elif reader.words("CLUSTER", "BY", "AUTO"):
            self.ignored += ("CLUSTER BY AUTO",)
        elif reader.words("CLUSTER", "BY", "NONE"):
            self.clustered = ()
        elif reader.words("CLUSTER", "BY"):
            self.clustered = _read_names(reader)
        elif reader.words("COMMENT"):
            self.comment = reader.need_string("the comment in quotes")
        elif reader.words("TBLPROPERTIES"):
            self.properties = tuple((reader.options() or {}).items())
        elif reader.words("DEFAULT", "COLLATION"):
            reader.need_name("a collation")
        elif reader.next.word in ("SCHEDULE", "TRIGGER"):
            self.schedule = read_schedule(reader)
        else:
            return False
        return True


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(quote_name([name]) for name in names)


def read_refresh(reader: Reader) -> bool:
    """FULL, SYNC, ASYNC behind the name; whether all is to be made anew."""
    full = reader.one_of("FULL", "SYNC", "ASYNC") == "FULL"
    reader.one_of("SYNC", "ASYNC")
    return full


def read_schedule_change(reader: Reader, *verbs: str) -> str | None:
    """DROP SCHEDULE, or one of `verbs` and a schedule: the new one, empty for none. None, and
    nothing is read, when the statement changes something else."""
    if reader.words("DROP", "SCHEDULE"):
        reader.need_end()
        return ""
    before = reader.at
    if reader.one_of(*verbs) and reader.next.word in ("SCHEDULE", "TRIGGER"):
        schedule = read_schedule(reader)
        reader.need_end()
        return schedule
    reader.at = before
    return None


def read_schedule(reader: Reader) -> str:
    """EVERY 2 DAYS, CRON '…' AT TIME ZONE '…' or TRIGGER ON UPDATE …, as it is kept."""
    start = reader.next.start
    if reader.words("TRIGGER", "ON", "UPDATE"):
        if reader.words("AT", "MOST", "EVERY"):
            reader.words("INTERVAL")
            reader.at += 2  # a number and its unit
    else:
        reader.need_words("SCHEDULE")
        reader.words("REFRESH")
        start = reader.next.start
        if reader.words("CRON"):
            reader.need_string("the times in quotes")
            if reader.words("AT", "TIME", "ZONE"):
                reader.need_string("a time zone in quotes")
        else:
            reader.need_words("EVERY")
            if reader.number() is None:
                raise reader.error("a number")
            if not reader.one_of(*_UNITS):
                raise reader.error("HOURS, DAYS or WEEKS")
    return reader.text[start : reader.tokens[min(reader.at, len(reader.tokens)) - 1].end]


def _read_names(reader: Reader) -> tuple[str, ...]:
    reader.need_symbol("(")
    names = [".".join(reader.need_name("a column"))]
    while reader.symbol(","):
        names.append(".".join(reader.need_name("a column")))
    reader.need_symbol(")")
    return tuple(names)
