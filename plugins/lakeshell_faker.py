"""%fake: tables of made-up rows, from names of Faker's providers.

    %fake customers 1000 --into people --seed 1
    %fake "id:serial, name:name, age:int(18,90), paid:choice(card,cash), email:email?10" 50

An example to copy: one module, one hook, one click command.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import itertools
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.hookspecs import hookimpl
from lakeshell.errors import CommandError, UsageError
from lakeshell.sql.names import display_name, parse_name, quote_identifier, quote_name

if TYPE_CHECKING:
    import pyarrow as pa
    from faker import Faker

PRESETS = {
    "customers": (
        "id:serial, first_name:first_name, last_name:last_name, email:email?5, age:int(18,90),"
        " street:street_address, city:city, signup_date:date(2019-01-01,2024-12-31)"
    ),
    "products": (
        "product_id:serial, name:catch_phrase, department:choice(Kitchen,Living,Garden,Kids),"
        " price:decimal(1.00,500.00), ean:ean13, in_stock:bool(0.8)"
    ),
    "orders": (
        "order_id:serial, customer_id:int(1,1000), product_id:int(1,100), quantity:int(1,5),"
        " amount:decimal(5.00,900.00), ordered_at:timestamp(2024-01-01,2024-12-31),"
        " status:choice(open,paid,sent,returned)"
    ),
    "events": (
        "event_id:uuid4, at:timestamp(2024-01-01,2024-12-31), user_id:int(1,1000),"
        " type:choice(view,search,cart,buy), url:uri_path, agent:user_agent, ip:ipv4"
    ),
}

BATCH = 10_000  # rows held at once

Value = Callable[[], Any]


@dataclass(frozen=True)
class Column:
    """One column of a specification: `name:provider(arguments)?percent`.

    `empty` is the share of NULLs, 0 to 1.
    """

    name: str
    provider: str
    arguments: tuple[str, ...] = ()
    empty: float = 0.0


@hookimpl
def lakeshell_commands() -> list[click.Command]:
    """The command %fake."""
    return [fake_command]


@click.command("fake")
@click.argument("columns")
@click.argument("rows", type=click.IntRange(min=1), default=10)
@click.option("--into", metavar="TABLE", help="Create this table instead of showing the rows.")
@click.option("--append", is_flag=True, help="Add the rows to a table that exists.")
@click.option("--overwrite", is_flag=True, help="Replace the table if it exists.")
@click.option("--seed", type=int, help="The same rows for the same number.")
@click.option("--locale", default="en_US", show_default=True, help="Whose names: de_DE, ja_JP …")
@click.pass_obj
def fake_command(
    context: CommandContext,
    columns: str,
    rows: int,
    into: str | None,
    append: bool,
    overwrite: bool,
    seed: int | None,
    locale: str,
) -> None:
    """Make up rows: %fake customers 1000 --into people --seed 1.

    COLUMNS is customers, products, orders or events, or columns of your own: name:provider, with
    arguments in brackets and ?N for N percent NULLs, as in "id:serial, email:email?5,
    age:int(18,90)". Providers are serial, int, float, decimal, bool, date, timestamp and choice,
    and those of Faker: name, city, company, iban, ipv4 …
    """
    if append and overwrite:
        raise UsageError("--append and --overwrite exclude each other.")
    if (append or overwrite) and not into:
        raise UsageError("--append and --overwrite need --into TABLE.")
    specification = parse_columns(PRESETS.get(columns, columns))
    batches = made_up(specification, rows, faker(locale, seed))
    if into is None:
        import pyarrow as pa

        context.emit_table(pa.Table.from_batches(batches))
        return
    target = parse_name(into)
    with written(context, batches) as path:
        source = f"SELECT * FROM parquet.{quote_identifier(str(path))}"
        if append:
            context.query(f"INSERT INTO {quote_name(target)} BY NAME {source}")
        else:
            create = "CREATE OR REPLACE TABLE" if overwrite else "CREATE TABLE"
            context.query(f"{create} {quote_name(target)} AS {source}")
    context.notice(f"{rows:,} rows made up in {display_name(target)}.")


# The specification

_COLUMN = re.compile(
    r"(?P<name>\w+)\s*:\s*(?P<provider>\w+)\s*(?:\((?P<arguments>[^()]*)\))?\s*"
    r"(?:\?(?P<empty>\d{1,3}))?\s*\Z"
)


def parse_columns(text: str) -> list[Column]:
    """The columns of `a:int(1,9), b:name?10`; UsageError saying which one cannot be read."""
    columns = []
    for part in re.split(r",(?![^()]*\))", text):
        match = _COLUMN.match(part.strip())
        if match is None or int(match["empty"] or 0) > 100:
            raise UsageError(
                f"{part.strip()[:60]!r} is no column.",
                hint=f"Write name:provider(arguments)?percent, or one of {', '.join(PRESETS)}.",
            )
        arguments = tuple(a.strip() for a in (match["arguments"] or "").split(",") if a.strip())
        empty = int(match["empty"] or 0) / 100
        columns.append(Column(match["name"], match["provider"], arguments, empty))
    if len({column.name.lower() for column in columns}) < len(columns):
        raise UsageError("Two columns have the same name.")
    return columns


# Rows


def faker(locale: str, seed: int | None) -> Faker:
    """A Faker that repeats itself for a seed; CommandError where it is not installed."""
    try:
        from faker import Faker
    except ImportError as error:
        raise CommandError(
            "%fake needs the package Faker.", hint="pip install 'lakeshell[faker]'"
        ) from error
    try:
        fake = Faker(locale)
    except (AttributeError, ValueError) as error:
        raise UsageError(f"Faker has no locale {locale!r}.") from error
    if seed is not None:
        fake.seed_instance(seed)
    return fake


def made_up(columns: list[Column], rows: int, fake: Faker) -> Iterator[pa.RecordBatch]:
    """`rows` rows in batches; the types of the columns are those of the first batch."""
    import pyarrow as pa

    values = [_values(column, fake) for column in columns]
    names = [column.name for column in columns]
    schema: pa.Schema | None = None
    for start in range(0, rows, BATCH):
        count = min(BATCH, rows - start)
        made = [tuple(value() for value in values) for _ in range(count)]
        arrays = list(zip(*made, strict=True))
        if schema is None:
            types = [_arrow_type(a) for a in arrays]
            schema = pa.schema(list(zip(names, types, strict=True)))
        fitted = [
            pa.array(_fitted(array, field.type), field.type)
            for array, field in zip(arrays, schema, strict=True)
        ]
        yield pa.record_batch(fitted, schema=schema)


def _values(column: Column, fake: Faker) -> Value:
    """What makes the values of `column`, one a call."""
    make = _OWN.get(column.provider)
    try:
        value = make(fake, *column.arguments) if make else _of_faker(column, fake)
        value()  # a wrong argument shows at the first call
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{column.name}: {column.provider} says {error}") from error
    if make is _serial:
        value = _serial(fake, *column.arguments)
    if not column.empty:
        return value
    return lambda: None if fake.random.random() < column.empty else value()


def _of_faker(column: Column, fake: Faker) -> Value:
    """One of Faker's providers by name; nothing else of the object can be reached."""
    name = column.provider
    if name.startswith("_") or not any(hasattr(p, name) for p in fake.get_providers()):
        raise UsageError(
            f"{column.name}: there is no provider {name!r}.", hint=_nearest(name, fake)
        )
    method = getattr(fake, name)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for argument in column.arguments:
        key, equals, text = argument.partition("=")
        if equals:
            named[key.strip()] = _plain(text.strip())
        else:
            positional.append(_plain(argument))
    return lambda: method(*positional, **named)


def _nearest(name: str, fake: Faker) -> str:
    import difflib

    known = {n for p in fake.get_providers() for n in dir(p) if not n.startswith("_")}
    near = difflib.get_close_matches(name, known | set(_OWN), n=3)
    return f"Did you mean {' or '.join(near)}?" if near else "Faker's documentation lists them."


def _plain(text: str) -> Any:
    """An argument as Python would read it; what is no literal is text."""
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text.strip("'\"")


# Providers of our own: typed, and independent of the day on which they run


def _serial(fake: Faker, start: str = "1") -> Value:
    numbers = itertools.count(int(start))
    return lambda: next(numbers)


def _int(fake: Faker, low: str = "0", high: str = "1000") -> Value:
    first, last = _ordered(int(low), int(high))
    return lambda: fake.random.randint(first, last)


def _float(fake: Faker, low: str = "0", high: str = "1") -> Value:
    first, last = _ordered(float(low), float(high))
    return lambda: fake.random.uniform(first, last)


def _decimal(fake: Faker, low: str = "0.00", high: str = "1000.00") -> Value:
    first, last = _ordered(decimal.Decimal(low), decimal.Decimal(high))
    digits = max(0, -int(first.as_tuple().exponent), -int(last.as_tuple().exponent))
    unit = decimal.Decimal(1).scaleb(-digits)
    steps = int((last - first) / unit)
    return lambda: (first + fake.random.randint(0, steps) * unit).quantize(unit)


def _bool(fake: Faker, share: str = "0.5") -> Value:
    return lambda: fake.random.random() < float(share)


def _choice(fake: Faker, *options: str) -> Value:
    if not options:
        raise ValueError("a choice needs options, as in choice(card,cash)")
    return lambda: fake.random.choice(options)


def _date(fake: Faker, low: str = "2020-01-01", high: str = "2024-12-31") -> Value:
    first, last = _ordered(dt.date.fromisoformat(low), dt.date.fromisoformat(high))
    days = (last - first).days
    return lambda: first + dt.timedelta(days=fake.random.randint(0, days))


def _timestamp(fake: Faker, low: str = "2020-01-01", high: str = "2024-12-31") -> Value:
    moments = (dt.datetime.fromisoformat(text) for text in (low, high))
    first, last = _ordered(*(m.replace(tzinfo=m.tzinfo or dt.timezone.utc) for m in moments))
    seconds = int((last - first).total_seconds())
    return lambda: first + dt.timedelta(seconds=fake.random.randint(0, seconds))


def _ordered(low: Any, high: Any) -> tuple[Any, Any]:
    if low > high:
        raise ValueError(f"{low} is more than {high}")
    return low, high


_OWN: dict[str, Callable[..., Value]] = {
    "serial": _serial,
    "int": _int,
    "float": _float,
    "decimal": _decimal,
    "bool": _bool,
    "choice": _choice,
    "date": _date,
    "timestamp": _timestamp,
}


# Arrow


def _arrow_type(values: tuple[Any, ...]) -> pa.DataType:
    """The type that holds all of `values`; text where they differ or are collections."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if len(kinds) != 1:
        return pa.string()
    kind = kinds.pop()
    if kind is decimal.Decimal:
        digits = max((-int(v.as_tuple().exponent) for v in values if v is not None), default=0)
        whole = max(v.adjusted() for v in values if v is not None) + 1
        return pa.decimal128(18 if max(whole, 0) + digits <= 16 else 38, max(digits, 0))
    if kind is dt.datetime:
        return pa.timestamp("us", "UTC")
    known = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), bytes: pa.binary()}
    return {**known, dt.date: pa.date32()}.get(kind, pa.string())


def _fitted(values: tuple[Any, ...], kind: pa.DataType) -> list[Any]:
    """`values` as Arrow takes them for `kind`."""
    import pyarrow as pa

    if pa.types.is_string(kind):
        return [v if v is None or isinstance(v, str) else _text(v) for v in values]
    if pa.types.is_timestamp(kind):
        utc = dt.timezone.utc
        return [v if v is None else v.replace(tzinfo=v.tzinfo or utc) for v in values]
    return list(values)


def _text(value: Any) -> str:
    if isinstance(value, (dict, list, tuple, set)):
        plain = sorted(value, key=str) if isinstance(value, set) else value
        return json.dumps(plain, ensure_ascii=False, default=str)
    return str(value)


# Into the lakehouse


@contextlib.contextmanager
def written(context: CommandContext, batches: Iterator[pa.RecordBatch]) -> Iterator[Path]:
    """A Parquet file that the server can read, gone afterwards."""
    import pyarrow.parquet as pq

    if context.session.is_remote:
        raise UsageError("--into needs lakeshell's own server; the session is a remote one.")
    with tempfile.TemporaryDirectory(prefix="fake-", dir=context.home.tmp) as folder:
        path = Path(folder) / "rows.parquet"
        first = next(batches)
        with pq.ParquetWriter(path, first.schema) as writer:
            writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)
        yield path
