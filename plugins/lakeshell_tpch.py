"""%tpch: the tables of the TPC-H benchmark at any scale, and its 22 queries.

    %tpch generate --scale 0.1
    %tpch run all
    %tpch run 5
    %tpch show 5

The shapes are those of the TPC-H specification, revision 3: keys, ranges, distributions and word
lists of clause 4.2, the queries of clause 2.4 with their validation parameters. The random numbers
are our own, so answers differ from those of TPC's dbgen, and times are not TPC-H results.

Over 500 lines in one module, because a plugin that is one file can be copied into a home; half of
it is the text of the queries.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.hookspecs import hookimpl
from lakeshell.errors import CommandError, UsageError
from lakeshell.session.result import Progress
from lakeshell.sql.names import parse_name, quote_identifier, quote_name

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]

SMALLEST = 0.01  # below it a part has too few suppliers to choose four from
TABLES = (
    "region",
    "nation",
    "supplier",
    "part",
    "partsupp",
    "customer",
    "orders",
    "lineitem",
)


@hookimpl
def lakeshell_commands() -> list[click.Command]:
    """The command %tpch."""
    return [tpch_command]


# Commands


@click.group("tpch")
def tpch_command() -> None:
    """The TPC-H benchmark: %tpch generate --scale 0.1, then %tpch run all."""


_schema_option = click.option(
    "--schema", default="tpch", show_default=True, help="The schema of the eight tables."
)


@tpch_command.command("generate")
@click.option(
    "--scale",
    type=click.FloatRange(min=SMALLEST),
    default=SMALLEST,
    show_default=True,
    help="1 is 6 million lines of orders, 1 GB as text.",
)
@_schema_option
@click.option("--overwrite", is_flag=True, help="Replace the tables if they exist.")
@click.pass_obj
def generate_command(context: CommandContext, scale: float, schema: str, overwrite: bool) -> None:
    """Make the eight tables: %tpch generate --scale 0.1.

    The same scale gives the same rows. Memory does not grow with it; the disk needs about 0.5 GB
    for each 1 of scale, while it works twice that.
    """
    if context.session.is_remote:
        raise UsageError(
            "%tpch generate needs lakeshell's own server; the session is a remote one."
        )
    target = quote_name(parse_name(schema))
    context.query(f"CREATE SCHEMA IF NOT EXISTS {target}")
    create = "CREATE OR REPLACE TABLE" if overwrite else "CREATE TABLE"
    there = {row["tableName"] for row in context.rows(f"SHOW TABLES IN {target}")} & set(TABLES)
    if there and not overwrite:
        raise CommandError(
            f"Schema {schema} has a table {min(there)} already.",
            hint="--overwrite replaces the tables, --schema NAME puts them elsewhere.",
        )
    made: list[Mapping[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="tpch-", dir=context.home.tmp) as folder:
        rows = write_tables(Path(folder), scale, context.sink)
        for name in TABLES:
            started = time.monotonic()
            source = quote_identifier(str(Path(folder) / name))
            context.query(f"{create} {target}.{name} AS SELECT * FROM parquet.{source}")
            seconds = round(time.monotonic() - started, 2)
            made.append({"table": f"{schema}.{name}", "rows": rows[name], "seconds": seconds})
    context.emit_rows(made, title=f"TPC-H, scale {scale:g}")


@tpch_command.command("run")
@click.argument("number", default="all", metavar="[1-22|all]")
@_schema_option
@click.option("--rows", "with_rows", is_flag=True, help="Show the answers, too.")
@click.pass_obj
def run_command(context: CommandContext, number: str, schema: str, with_rows: bool) -> None:
    """Run one query or all, and show how long each took: %tpch run 5 --rows."""
    numbers = _numbers(number)
    times: list[Mapping[str, Any]] = []
    with current_schema(context, schema):
        for each in numbers:
            result = context.query(QUERIES[each])
            if with_rows and result.table is not None:
                context.emit_table(result.table, title=f"Q{each}: {TITLES[each]}")
            times.append(
                {
                    "query": f"Q{each}",
                    "what": TITLES[each],
                    "rows": result.row_count,
                    "seconds": round(result.elapsed, 2),
                }
            )
    if len(times) > 1:
        total = round(sum(row["seconds"] for row in times), 2)
        times.append({"query": "all", "what": "", "rows": None, "seconds": total})
    context.emit_rows(times, title=f"TPC-H queries on {schema}")


@tpch_command.command("show")
@click.argument("number", metavar="[1-22|all]")
@click.pass_obj
def show_command(context: CommandContext, number: str) -> None:
    """Print the text of a query: %tpch show 5."""
    context.print("\n\n".join(f"-- Q{n}: {TITLES[n]}\n{QUERIES[n]};" for n in _numbers(number)))


def _numbers(text: str) -> list[int]:
    if text.lower() == "all":
        return sorted(QUERIES)
    if text.isdecimal() and int(text) in QUERIES:
        return [int(text)]
    raise UsageError(f"There is no query {text!r}.", hint="Queries are 1 to 22, or all.")


@contextlib.contextmanager
def current_schema(context: CommandContext, schema: str) -> Iterator[None]:
    """`schema` is current inside, and afterwards what was current before."""
    before = context.row("SELECT current_catalog() AS catalog, current_schema() AS schema")
    context.query(f"USE {quote_name(parse_name(schema))}")
    try:
        yield
    finally:
        context.query(f"USE {quote_name((before['catalog'], before['schema']))}")


# Word lists (clause 4.2.2.13)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COLOURS = _words(
    "almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood "
    "burnished chartreuse chiffon chocolate coral cornflower cornsilk cream cyan dark deep dim "
    "dodger drab firebrick floral forest frosted gainsboro ghost goldenrod green grey honeydew hot "
    "indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium metallic "
    "midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach peru pink plum "
    "powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke "
    "snow spring steel tan thistle tomato turquoise violet wheat white yellow"
)
TYPES = tuple(
    map(
        " ".join,
        itertools.product(
            ("STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"),
            ("ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"),
            ("TIN", "NICKEL", "BRASS", "STEEL", "COPPER"),
        ),
    )
)
CONTAINERS = tuple(
    map(
        " ".join,
        itertools.product(
            ("SM", "LG", "MED", "JUMBO", "WRAP"),
            ("CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"),
        ),
    )
)
SEGMENTS = ("AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD")
PRIORITIES = ("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW")
INSTRUCTIONS = ("DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN")
MODES = ("REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB")
REGIONS = ("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST")
# Nation and the key of its region; the nation's key is its place.
NATIONS = (
    ("ALGERIA", 0), ("ARGENTINA", 1), ("BRAZIL", 1), ("CANADA", 1), ("EGYPT", 4),
    ("ETHIOPIA", 0), ("FRANCE", 3), ("GERMANY", 3), ("INDIA", 2), ("INDONESIA", 2),
    ("IRAN", 4), ("IRAQ", 4), ("JAPAN", 2), ("JORDAN", 4), ("KENYA", 0),
    ("MOROCCO", 0), ("MOZAMBIQUE", 0), ("PERU", 1), ("CHINA", 2), ("ROMANIA", 3),
    ("SAUDI ARABIA", 4), ("VIETNAM", 2), ("RUSSIA", 3), ("UNITED KINGDOM", 3), ("UNITED STATES", 1),
)  # fmt: skip
NOUNS = _words(
    "foxes ideas theodolites pinto beans instructions dependencies excuses platelets asymptotes "
    "courts dolphins multipliers sauternes warthogs frets dinos attainments somas braids hockey "
    "players frays warhorses dugouts notornis epitaphs pearls tithes waters orbits gifts sheaves "
    "depths sentiments decoys realms pains grouches escapades packages requests accounts deposits"
)
VERBS = _words(
    "sleep wake are cajole haggle nag use boost affix detect integrate maintain nod was lose "
    "sublate solve thrash promise engage hinder print x-ray breach eat grow impress mold poach "
    "serve run dazzle snooze doze unwind kindle play hang believe doubt"
)
ADJECTIVES = _words(
    "furious sly careful blithe quick fluffy slow quiet ruthless thin close dogged daring brave "
    "stealthy permanent enticing idle busy regular final ironic even bold silent special pending "
    "express unusual"
)
ADVERBS = _words(
    "sometimes always never furiously slyly carefully blithely quickly fluffily slowly quietly "
    "ruthlessly thinly closely doggedly daringly bravely stealthily permanently enticingly idly"
)

FIRST_DAY, LAST_DAY = 8035, 10591  # 1992-01-01 and 1998-12-31, in days since 1970
TODAY = 9298  # 1995-06-17, the benchmark's current date


# Generating (clause 4.2.3)


@dataclass(frozen=True)
class Counts:
    """Rows of the tables at a scale; lineitem has one to seven for each order."""

    scale: float

    @property
    def suppliers(self) -> int:
        return int(10_000 * self.scale)

    @property
    def parts(self) -> int:
        return int(200_000 * self.scale)

    @property
    def customers(self) -> int:
        return int(150_000 * self.scale)

    @property
    def orders(self) -> int:
        return 10 * self.customers

    @property
    def clerks(self) -> int:
        return max(int(1000 * self.scale), 1)


Batch = dict[str, "pa.Array"]
Step = Callable[[], dict[str, Batch]]

SUPPLIER_BATCH, PART_BATCH, CUSTOMER_BATCH, ORDER_BATCH = 50_000, 50_000, 50_000, 25_000


def write_tables(
    folder: Path, scale: float, sink: Callable[[Progress], Any] = lambda progress: None
) -> dict[str, int]:
    """Write each table as `folder`/table/rows.parquet; returns its rows by its name."""
    counts = Counts(scale)
    rows = dict.fromkeys(TABLES, 0)
    writers: dict[str, Any] = {}
    steps = list(_steps(counts))
    started = time.monotonic()
    try:
        for done, make in enumerate(steps):
            for name, batch in make().items():
                rows[name] += _append(writers, folder, name, batch)
            sink(Progress(0, 1, done + 1, len(steps), 1, 0, time.monotonic() - started))
    finally:
        for writer in writers.values():
            writer.close()
    return rows


def _steps(counts: Counts) -> Iterator[Step]:
    """The work in pieces that fit into memory, each with random numbers of its own."""
    yield lambda: {"region": regions(), "nation": nations()}
    for total, size, make in (
        (counts.suppliers, SUPPLIER_BATCH, suppliers),
        (counts.parts, PART_BATCH, parts),
        (counts.customers, CUSTOMER_BATCH, customers),
        (counts.orders, ORDER_BATCH, orders),
    ):
        for start in range(1, total + 1, size):
            yield functools.partial(make, counts, start, min(start + size, total + 1))


def _append(writers: dict[str, Any], folder: Path, name: str, batch: Batch) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(batch)
    if name not in writers:
        (folder / name).mkdir()
        writers[name] = pq.ParquetWriter(folder / name / "rows.parquet", table.schema)
    writers[name].write_table(table)
    return int(table.num_rows)


def regions() -> Batch:
    """REGION."""
    dice = Dice("region")
    count = len(REGIONS)
    return {
        "r_regionkey": integers(range(count)),
        "r_name": strings(REGIONS),
        "r_comment": dice.text(31, 115, count),
    }


def nations() -> Batch:
    """NATION."""
    dice = Dice("nation")
    count = len(NATIONS)
    return {
        "n_nationkey": integers(range(count)),
        "n_name": strings([name for name, _ in NATIONS]),
        "n_regionkey": integers([region for _, region in NATIONS]),
        "n_comment": dice.text(31, 114, count),
    }


def suppliers(counts: Counts, start: int, end: int) -> dict[str, Batch]:
    """SUPPLIER, keys `start` to `end` - 1."""
    dice = Dice("supplier", start)
    size = end - start
    keys = _keys(start, end)
    nation = dice.whole(0, 24, size)
    comment = dice.text(25, 100, size).to_pylist()
    # Five of ten thousand were complained about, five recommended: what Q16 looks for.
    for place, verdict in ((7, "Complaints"), (13, "Recommends")):
        for row in range(place, size, 2000):
            comment[row] = f"{comment[row][:10]}Customer {verdict}{comment[row][10:60]}"
    return {
        "supplier": {
            "s_suppkey": longs(keys),
            "s_name": numbered("Supplier", keys),
            "s_address": dice.letters(10, 40, size),
            "s_nationkey": integers(nation),
            "s_phone": dice.phones(nation),
            "s_acctbal": money(dice.whole(-99_999, 999_999, size)),
            "s_comment": strings(comment),
        }
    }


def parts(counts: Counts, start: int, end: int) -> dict[str, Batch]:
    """PART, keys `start` to `end` - 1, and the four rows of PARTSUPP for each."""
    import numpy as np

    dice = Dice("part", start)
    size = end - start
    keys = _keys(start, end)
    maker = dice.whole(1, 5, size)
    brand = maker * 10 + dice.whole(1, 5, size)
    supplied = np.repeat(keys, 4)
    which = np.tile(np.arange(4, dtype=np.int64), size)
    return {
        "part": {
            "p_partkey": longs(keys),
            "p_name": dice.colours(size),
            "p_mfgr": joined("Manufacturer#", maker),
            "p_brand": joined("Brand#", brand),
            "p_type": dice.words(TYPES, size),
            "p_size": integers(dice.whole(1, 50, size)),
            "p_container": dice.words(CONTAINERS, size),
            "p_retailprice": money(retail_price(keys)),
            "p_comment": dice.text(5, 22, size),
        },
        "partsupp": {
            "ps_partkey": longs(supplied),
            "ps_suppkey": longs(supplier_of(supplied, which, counts.suppliers)),
            "ps_availqty": integers(dice.whole(1, 9999, 4 * size)),
            "ps_supplycost": money(dice.whole(100, 100_000, 4 * size)),
            "ps_comment": dice.text(49, 198, 4 * size),
        },
    }


def customers(counts: Counts, start: int, end: int) -> dict[str, Batch]:
    """CUSTOMER, keys `start` to `end` - 1."""
    dice = Dice("customer", start)
    size = end - start
    keys = _keys(start, end)
    nation = dice.whole(0, 24, size)
    return {
        "customer": {
            "c_custkey": longs(keys),
            "c_name": numbered("Customer", keys),
            "c_address": dice.letters(10, 40, size),
            "c_nationkey": integers(nation),
            "c_phone": dice.phones(nation),
            "c_acctbal": money(dice.whole(-99_999, 999_999, size)),
            "c_mktsegment": dice.words(SEGMENTS, size),
            "c_comment": dice.text(29, 116, size),
        }
    }


def orders(counts: Counts, start: int, end: int) -> dict[str, Batch]:
    """ORDERS, the `start`-th to the one before the `end`-th, and their rows of LINEITEM."""
    import numpy as np

    dice = Dice("orders", start)
    size = end - start
    places = _keys(start, end)
    # Of each 32 keys the first 8 are used.
    keys = (places - 1) // 8 * 32 + (places - 1) % 8 + 1
    # A third of the customers, those with a key divisible by 3, never order.
    buyers = counts.customers - counts.customers // 3
    buyer = dice.whole(0, buyers - 1, size)
    customer = buyer // 2 * 3 + buyer % 2 + 1
    day = dice.whole(FIRST_DAY, LAST_DAY - 151, size)

    lines = dice.whole(1, 7, size)
    first = np.cumsum(lines) - lines
    order = np.repeat(np.arange(size), lines)
    total = int(lines.sum())
    part = dice.whole(1, counts.parts, total)
    quantity = dice.whole(1, 50, total)
    price = quantity * retail_price(part)
    discount = dice.whole(0, 10, total)
    tax = dice.whole(0, 8, total)
    shipped = day[order] + dice.whole(1, 121, total)
    committed = day[order] + dice.whole(30, 90, total)
    received = shipped + dice.whole(1, 30, total)
    returned = np.where(received <= TODAY, dice.whole(0, 1, total), 2)
    open_ = shipped > TODAY

    # In units of a hundredth of a hundredth of a cent, then rounded to cents.
    charged = price * (100 - discount) * (100 + tax)
    worth = (np.add.reduceat(charged, first) + 5_000) // 10_000
    open_lines = np.add.reduceat(open_.astype(np.int64), first)
    status = np.where(open_lines == 0, 0, np.where(open_lines == lines, 1, 2))
    return {
        "orders": {
            "o_orderkey": longs(keys),
            "o_custkey": longs(customer),
            "o_orderstatus": chosen(("F", "O", "P"), status),
            "o_totalprice": money(worth),
            "o_orderdate": days(day),
            "o_orderpriority": dice.words(PRIORITIES, size),
            "o_clerk": numbered("Clerk", dice.whole(1, counts.clerks, size)),
            "o_shippriority": integers(np.zeros(size, dtype=np.int64)),
            "o_comment": dice.text(19, 78, size),
        },
        "lineitem": {
            "l_orderkey": longs(keys[order]),
            "l_partkey": longs(part),
            "l_suppkey": longs(supplier_of(part, dice.whole(0, 3, total), counts.suppliers)),
            "l_linenumber": integers(np.arange(total) - first[order] + 1),
            "l_quantity": money(quantity * 100),
            "l_extendedprice": money(price),
            "l_discount": money(discount),
            "l_tax": money(tax),
            "l_returnflag": chosen(("R", "A", "N"), returned),
            "l_linestatus": chosen(("F", "O"), open_.astype(np.int64)),
            "l_shipdate": days(shipped),
            "l_commitdate": days(committed),
            "l_receiptdate": days(received),
            "l_shipinstruct": dice.words(INSTRUCTIONS, total),
            "l_shipmode": dice.words(MODES, total),
            "l_comment": dice.text(10, 43, total),
        },
    }


def retail_price(part: Numbers) -> Numbers:
    """P_RETAILPRICE in cents."""
    cents: Numbers = 90_000 + (part // 10) % 20_001 + 100 * (part % 1000)
    return cents


def supplier_of(part: Numbers, which: Numbers, suppliers: int) -> Numbers:
    """The supplier of a part: `which` of its four, 0 to 3.

    The specification's formula; where the steps of a small scale would meet again, one further.
    """
    step = suppliers // 4 + (part - 1) // suppliers
    step = step + ((2 * step % suppliers == 0) | (3 * step % suppliers == 0))
    key: Numbers = (part + which * step) % suppliers + 1
    return key


def _keys(start: int, end: int) -> Numbers:
    import numpy as np

    return np.arange(start, end, dtype=np.int64)


# Columns


class Dice:
    """Random columns that repeat themselves for a name.

    `RandomState` is numpy's frozen generator: its numbers stay the same in later versions.
    """

    def __init__(self, *name: str | int) -> None:
        import zlib

        import numpy as np

        self._random = np.random.RandomState(zlib.crc32(repr(name).encode()))

    def whole(self, low: int, high: int, count: int) -> Numbers:
        """Whole numbers from `low` to `high`, both included."""
        import numpy as np

        numbers: Numbers = self._random.randint(low, high + 1, count, dtype=np.int64)
        return numbers

    def words(self, options: tuple[str, ...], count: int) -> pa.Array:
        """One of `options` each."""
        return chosen(options, self.whole(0, len(options) - 1, count))

    def colours(self, count: int) -> pa.Array:
        """Five different colours each."""
        ranks = self._random.random_sample((count, len(COLOURS)))
        picked = ranks.argsort(axis=1, kind="stable")[:, :5]
        return strings([" ".join(COLOURS[colour] for colour in row) for row in picked])

    def phones(self, nation: Numbers) -> pa.Array:
        """Phone numbers, whose first two digits tell the nation."""
        import pyarrow.compute as pc

        count = len(nation)
        digits = [nation + 10] + [
            self.whole(low, high, count) for low, high in ((100, 999), (100, 999), (1000, 9999))
        ]
        return pc.binary_join_element_wise(*map(as_text, digits), "-")

    def letters(self, shortest: int, longest: int, count: int) -> pa.Array:
        """Letters, digits, blanks and commas."""
        return self._cut(_alphabet(), shortest, longest, count)

    def text(self, shortest: int, longest: int, count: int) -> pa.Array:
        """Pieces of sentences."""
        return self._cut(_prose(), shortest, longest, count)

    def _cut(self, pool: Numbers, low: int, high: int, count: int) -> pa.Array:
        """Pieces of the characters `pool`, gathered in one step for all rows."""
        import numpy as np
        import pyarrow as pa

        lengths = self.whole(low, high, count)
        starts = self.whole(0, len(pool) - high, count)
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1])) + np.repeat(starts - (ends - lengths), lengths)
        offsets = np.concatenate([[0], ends]).astype(np.int32)
        return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(pool[places]))


@functools.cache
def _prose() -> Numbers:
    """Half a megabyte of sentences, as bytes; Q13 looks for two of their words."""
    import numpy as np

    clause = (ADJECTIVES, NOUNS, VERBS, ADVERBS)
    dice = Dice("prose")
    picked = [dice.whole(0, len(words) - 1, 20_000) for words in clause]
    clauses = [
        " ".join(words[place] for words, place in zip(clause, row, strict=True))
        for row in zip(*picked, strict=True)
    ]
    ends = dice.whole(0, 2, len(clauses))
    text = "".join(c + (", " if end else ". ") for c, end in zip(clauses, ends, strict=True))
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8)


@functools.cache
def _alphabet() -> Numbers:
    """Characters of addresses, mixed."""
    import numpy as np

    letters = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, "
    mixed: Numbers = np.frombuffer(letters, dtype=np.uint8)[
        Dice("letters").whole(0, len(letters) - 1, 100_000)
    ]
    return mixed


def longs(values: Any) -> pa.Array:
    """BIGINT."""
    import pyarrow as pa

    return pa.array(values, pa.int64())


def integers(values: Any) -> pa.Array:
    """INT."""
    import numpy as np
    import pyarrow as pa

    return pa.array(np.asarray(list(values) if isinstance(values, range) else values), pa.int32())


def strings(values: Any) -> pa.Array:
    """STRING."""
    import pyarrow as pa

    return pa.array(values, pa.string())


def days(values: Numbers) -> pa.Array:
    """DATE, from days since 1970."""
    import numpy as np
    import pyarrow as pa

    return pa.array(values.astype(np.int32), pa.int32()).cast(pa.date32())


def money(cents: Numbers) -> pa.Array:
    """DECIMAL(15, 2), from hundredths: 64 bits and their sign make the 128 of a decimal."""
    import numpy as np
    import pyarrow as pa

    halves = np.empty((len(cents), 2), dtype="<i8")
    halves[:, 0] = cents
    halves[:, 1] = cents >> 63
    return pa.Array.from_buffers(pa.decimal128(15, 2), len(cents), [None, pa.py_buffer(halves)])


def chosen(options: tuple[str, ...], which: Numbers) -> pa.Array:
    """`options` by their places."""
    return strings(options).take(longs(which))


def as_text(numbers: Any) -> pa.Array:
    """Whole numbers in digits."""
    import pyarrow as pa

    return longs(numbers).cast(pa.string())


def joined(prefix: str, numbers: Any) -> pa.Array:
    """`prefix` and the number."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(prefix, as_text(numbers), "")


def numbered(kind: str, numbers: Any) -> pa.Array:
    """Names such as Supplier#000000001."""
    import pyarrow.compute as pc

    padded = pc.utf8_lpad(as_text(numbers), 9, "0")
    return pc.binary_join_element_wise(f"{kind}#", padded, "")


# Queries (clause 2.4), with the substitution parameters for validation

TITLES = {
    1: "Pricing summary report",
    2: "Minimum cost supplier",
    3: "Shipping priority",
    4: "Order priority checking",
    5: "Local supplier volume",
    6: "Forecasting revenue change",
    7: "Volume shipping",
    8: "National market share",
    9: "Product type profit measure",
    10: "Returned item reporting",
    11: "Important stock identification",
    12: "Shipping modes and order priority",
    13: "Customer distribution",
    14: "Promotion effect",
    15: "Top supplier",
    16: "Parts and supplier relationship",
    17: "Small-quantity-order revenue",
    18: "Large volume customer",
    19: "Discounted revenue",
    20: "Potential part promotion",
    21: "Suppliers who kept orders waiting",
    22: "Global sales opportunity",
}

QUERIES = {
    1: """\
SELECT
  l_returnflag,
  l_linestatus,
  sum(l_quantity) AS sum_qty,
  sum(l_extendedprice) AS sum_base_price,
  sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
  sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
  avg(l_quantity) AS avg_qty,
  avg(l_extendedprice) AS avg_price,
  avg(l_discount) AS avg_disc,
  count(*) AS count_order
FROM lineitem
WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAYS
GROUP BY l_returnflag, l_linestatus
ORDER BY l_returnflag, l_linestatus""",
    2: """\
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part
JOIN partsupp ON ps_partkey = p_partkey
JOIN supplier ON s_suppkey = ps_suppkey
JOIN nation ON n_nationkey = s_nationkey
JOIN region ON r_regionkey = n_regionkey
WHERE p_size = 15
  AND p_type LIKE '%BRASS'
  AND r_name = 'EUROPE'
  AND ps_supplycost = (
    SELECT min(ps_supplycost)
    FROM partsupp
    JOIN supplier ON s_suppkey = ps_suppkey
    JOIN nation ON n_nationkey = s_nationkey
    JOIN region ON r_regionkey = n_regionkey
    WHERE ps_partkey = p_partkey AND r_name = 'EUROPE'
  )
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
LIMIT 100""",
    3: """\
SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
WHERE c_mktsegment = 'BUILDING'
  AND o_orderdate < DATE '1995-03-15'
  AND l_shipdate > DATE '1995-03-15'
GROUP BY l_orderkey, o_orderdate, o_shippriority
ORDER BY revenue DESC, o_orderdate
LIMIT 10""",
    4: """\
SELECT o_orderpriority, count(*) AS order_count
FROM orders
WHERE o_orderdate >= DATE '1993-07-01'
  AND o_orderdate < DATE '1993-07-01' + INTERVAL 3 MONTHS
  AND EXISTS (
    SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate
  )
GROUP BY o_orderpriority
ORDER BY o_orderpriority""",
    5: """\
SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN supplier ON s_suppkey = l_suppkey AND s_nationkey = c_nationkey
JOIN nation ON n_nationkey = s_nationkey
JOIN region ON r_regionkey = n_regionkey
WHERE r_name = 'ASIA'
  AND o_orderdate >= DATE '1994-01-01'
  AND o_orderdate < DATE '1994-01-01' + INTERVAL 1 YEAR
GROUP BY n_name
ORDER BY revenue DESC""",
    6: """\
SELECT sum(l_extendedprice * l_discount) AS revenue
FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01'
  AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR
  AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01
  AND l_quantity < 24""",
    7: """\
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM (
  SELECT
    n1.n_name AS supp_nation,
    n2.n_name AS cust_nation,
    year(l_shipdate) AS l_year,
    l_extendedprice * (1 - l_discount) AS volume
  FROM supplier
  JOIN lineitem ON l_suppkey = s_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN customer ON c_custkey = o_custkey
  JOIN nation AS n1 ON n1.n_nationkey = s_nationkey
  JOIN nation AS n2 ON n2.n_nationkey = c_nationkey
  WHERE (
      (n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY')
      OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE')
    )
    AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
)
GROUP BY supp_nation, cust_nation, l_year
ORDER BY supp_nation, cust_nation, l_year""",
    8: """\
SELECT
  o_year,
  sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM (
  SELECT
    year(o_orderdate) AS o_year,
    l_extendedprice * (1 - l_discount) AS volume,
    n2.n_name AS nation
  FROM part
  JOIN lineitem ON l_partkey = p_partkey
  JOIN supplier ON s_suppkey = l_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN customer ON c_custkey = o_custkey
  JOIN nation AS n1 ON n1.n_nationkey = c_nationkey
  JOIN region ON r_regionkey = n1.n_regionkey
  JOIN nation AS n2 ON n2.n_nationkey = s_nationkey
  WHERE r_name = 'AMERICA'
    AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
    AND p_type = 'ECONOMY ANODIZED STEEL'
)
GROUP BY o_year
ORDER BY o_year""",
    9: """\
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (
  SELECT
    n_name AS nation,
    year(o_orderdate) AS o_year,
    l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
  FROM part
  JOIN lineitem ON l_partkey = p_partkey
  JOIN supplier ON s_suppkey = l_suppkey
  JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN nation ON n_nationkey = s_nationkey
  WHERE p_name LIKE '%green%'
)
GROUP BY nation, o_year
ORDER BY nation, o_year DESC""",
    10: """\
SELECT
  c_custkey,
  c_name,
  sum(l_extendedprice * (1 - l_discount)) AS revenue,
  c_acctbal,
  n_name,
  c_address,
  c_phone,
  c_comment
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN nation ON n_nationkey = c_nationkey
WHERE o_orderdate >= DATE '1993-10-01'
  AND o_orderdate < DATE '1993-10-01' + INTERVAL 3 MONTHS
  AND l_returnflag = 'R'
GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
ORDER BY revenue DESC
LIMIT 20""",
    # The share is 0.0001 / scale, which is one over the number of suppliers.
    11: """\
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
FROM partsupp
JOIN supplier ON s_suppkey = ps_suppkey
JOIN nation ON n_nationkey = s_nationkey
WHERE n_name = 'GERMANY'
GROUP BY ps_partkey
HAVING sum(ps_supplycost * ps_availqty) > (
  SELECT sum(ps_supplycost * ps_availqty) / (SELECT count(*) FROM supplier)
  FROM partsupp
  JOIN supplier ON s_suppkey = ps_suppkey
  JOIN nation ON n_nationkey = s_nationkey
  WHERE n_name = 'GERMANY'
)
ORDER BY value DESC""",
    12: """\
SELECT
  l_shipmode,
  count_if(o_orderpriority IN ('1-URGENT', '2-HIGH')) AS high_line_count,
  count_if(o_orderpriority NOT IN ('1-URGENT', '2-HIGH')) AS low_line_count
FROM orders
JOIN lineitem ON l_orderkey = o_orderkey
WHERE l_shipmode IN ('MAIL', 'SHIP')
  AND l_commitdate < l_receiptdate
  AND l_shipdate < l_commitdate
  AND l_receiptdate >= DATE '1994-01-01'
  AND l_receiptdate < DATE '1994-01-01' + INTERVAL 1 YEAR
GROUP BY l_shipmode
ORDER BY l_shipmode""",
    13: """\
SELECT c_count, count(*) AS custdist
FROM (
  SELECT c_custkey, count(o_orderkey) AS c_count
  FROM customer
  LEFT JOIN orders ON o_custkey = c_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey
)
GROUP BY c_count
ORDER BY custdist DESC, c_count DESC""",
    14: """\
SELECT
  100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
    / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE l_shipdate >= DATE '1995-09-01'
  AND l_shipdate < DATE '1995-09-01' + INTERVAL 1 MONTH""",
    15: """\
WITH revenue AS (
  SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue
  FROM lineitem
  WHERE l_shipdate >= DATE '1996-01-01'
    AND l_shipdate < DATE '1996-01-01' + INTERVAL 3 MONTHS
  GROUP BY l_suppkey
)
SELECT s_suppkey, s_name, s_address, s_phone, total_revenue
FROM supplier
JOIN revenue ON supplier_no = s_suppkey
WHERE total_revenue = (SELECT max(total_revenue) FROM revenue)
ORDER BY s_suppkey""",
    16: """\
SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt
FROM partsupp
JOIN part ON p_partkey = ps_partkey
WHERE p_brand <> 'Brand#45'
  AND p_type NOT LIKE 'MEDIUM POLISHED%'
  AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
  AND ps_suppkey NOT IN (
    SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%'
  )
GROUP BY p_brand, p_type, p_size
ORDER BY supplier_cnt DESC, p_brand, p_type, p_size""",
    17: """\
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE p_brand = 'Brand#23'
  AND p_container = 'MED BOX'
  AND l_quantity < (
    SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey
  )""",
    18: """\
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS quantity
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
WHERE o_orderkey IN (
  SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 300
)
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
ORDER BY o_totalprice DESC, o_orderdate
LIMIT 100""",
    19: """\
SELECT sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE l_shipmode IN ('AIR', 'AIR REG')
  AND l_shipinstruct = 'DELIVER IN PERSON'
  AND (
    (
      p_brand = 'Brand#12'
      AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
      AND l_quantity BETWEEN 1 AND 1 + 10
      AND p_size BETWEEN 1 AND 5
    )
    OR (
      p_brand = 'Brand#23'
      AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
      AND l_quantity BETWEEN 10 AND 10 + 10
      AND p_size BETWEEN 1 AND 10
    )
    OR (
      p_brand = 'Brand#34'
      AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
      AND l_quantity BETWEEN 20 AND 20 + 10
      AND p_size BETWEEN 1 AND 15
    )
  )""",
    20: """\
SELECT s_name, s_address
FROM supplier
JOIN nation ON n_nationkey = s_nationkey
WHERE n_name = 'CANADA'
  AND s_suppkey IN (
    SELECT ps_suppkey
    FROM partsupp
    WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
      AND ps_availqty > (
        SELECT 0.5 * sum(l_quantity)
        FROM lineitem
        WHERE l_partkey = ps_partkey
          AND l_suppkey = ps_suppkey
          AND l_shipdate >= DATE '1994-01-01'
          AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR
      )
  )
ORDER BY s_name""",
    21: """\
SELECT s_name, count(*) AS numwait
FROM supplier
JOIN lineitem AS l1 ON l1.l_suppkey = s_suppkey
JOIN orders ON o_orderkey = l1.l_orderkey
JOIN nation ON n_nationkey = s_nationkey
WHERE o_orderstatus = 'F'
  AND l1.l_receiptdate > l1.l_commitdate
  AND EXISTS (
    SELECT * FROM lineitem AS l2
    WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey
  )
  AND NOT EXISTS (
    SELECT * FROM lineitem AS l3
    WHERE l3.l_orderkey = l1.l_orderkey
      AND l3.l_suppkey <> l1.l_suppkey
      AND l3.l_receiptdate > l3.l_commitdate
  )
  AND n_name = 'SAUDI ARABIA'
GROUP BY s_name
ORDER BY numwait DESC, s_name
LIMIT 100""",
    22: """\
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM (
  SELECT substring(c_phone, 1, 2) AS cntrycode, c_acctbal
  FROM customer
  WHERE substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c_acctbal > (
      SELECT avg(c_acctbal)
      FROM customer
      WHERE c_acctbal > 0.00
        AND substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    )
    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)
)
GROUP BY cntrycode
ORDER BY cntrycode""",
}
