"""The tables of the TPC-H benchmark at any scale: rows as its specification wants them.

The shapes are those of the TPC-H specification, revision 3: keys, ranges, distributions and word
lists of clause 4.2. The random numbers are our own, so the rows differ from those of TPC's dbgen.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.samples.columns import (
    Dice,
    as_text,
    chosen,
    days,
    integers,
    joined,
    longs,
    money,
    numbered,
    strings,
)
from lakeshell.samples.tpch_words import (
    ADJECTIVES,
    ADVERBS,
    COLOURS,
    CONTAINERS,
    INSTRUCTIONS,
    MODES,
    NATIONS,
    NOUNS,
    PRIORITIES,
    REGIONS,
    SEGMENTS,
    TYPES,
    VERBS,
)

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]

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

FIRST_DAY, LAST_DAY = 8035, 10591  # 1992-01-01 and 1998-12-31, in days since 1970
TODAY = 9298  # 1995-06-17, the benchmark's current date


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
    folder: Path, scale: float, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Write each table as `folder`/table/rows.parquet; returns its rows by its name.

    `tell` hears how many of how many pieces are done.
    """
    counts = Counts(scale)
    rows = dict.fromkeys(TABLES, 0)
    writers: dict[str, Any] = {}
    steps = list(_steps(counts))
    try:
        for done, make in enumerate(steps):
            for name, batch in make().items():
                rows[name] += _append(writers, folder, name, batch)
            tell(done + 1, len(steps))
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
    dice = TextDice("region")
    count = len(REGIONS)
    return {
        "r_regionkey": integers(range(count)),
        "r_name": strings(REGIONS),
        "r_comment": dice.text(31, 115, count),
    }


def nations() -> Batch:
    """NATION."""
    dice = TextDice("nation")
    count = len(NATIONS)
    return {
        "n_nationkey": integers(range(count)),
        "n_name": strings([name for name, _ in NATIONS]),
        "n_regionkey": integers([region for _, region in NATIONS]),
        "n_comment": dice.text(31, 114, count),
    }


def suppliers(counts: Counts, start: int, end: int) -> dict[str, Batch]:
    """SUPPLIER, keys `start` to `end` - 1."""
    dice = TextDice("supplier", start)
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

    dice = TextDice("part", start)
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
    dice = TextDice("customer", start)
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

    dice = TextDice("orders", start)
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


class TextDice(Dice):
    """Columns of the benchmark's own kinds."""

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
    dice = TextDice("prose")
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
        TextDice("letters").whole(0, len(letters) - 1, 100_000)
    ]
    return mixed
