"""What every Databricks workspace brings along, made when a text first names it.

The tables of the catalog `samples`, and files under /databricks-datasets.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lakeshell.dialect.names.catalogs import DEFAULT, KIND, schema_in_spark
from lakeshell.dialect.objects.objects import stamp
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import CommandError
from lakeshell.home import Home
from lakeshell.lake_files import DATASETS
from lakeshell.locks import FileLock
from lakeshell.session.result import Result
from lakeshell.sql.names import quote_identifier, quote_name

if TYPE_CHECKING:
    import pyarrow as pa

CATALOG = "samples"
_SCHEMAS = ("nyctaxi", "bakehouse", "tpch")
_TPCH_SCALE = 0.01  # 60,000 lines of orders
_GENERATED = "generated"  # in the fields of the catalog: it is not one of the user's own

_TABLE = re.compile(rf"\b{CATALOG}`?\s*\.\s*`?({'|'.join(_SCHEMAS)})\b", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\b(?:CATALOG|(?:SCHEMAS|DATABASES)\s+(?:IN|FROM))\s+['\"`]?{CATALOG}\b", re.IGNORECASE
)
_WAIT = 300.0  # seconds for another shell that is making them

_there: set[tuple[str, str]] = set()  # home and schema, seen by this process to be complete


class Runs(Protocol):
    """The part of a session that is needed."""

    @property
    def home(self) -> Home:
        """The lakehouse."""

    def execute(self, text: str) -> Result:
        """Run a statement."""


def named_in(text: str) -> tuple[str, ...]:
    """The schemas of `samples` that a statement or cell may mean; all for the catalog itself."""
    if _WHOLE.search(text):
        return _SCHEMAS
    found = {match[1].lower() for match in _TABLE.finditer(text)}
    return tuple(schema for schema in _SCHEMAS if schema in found)


def names_datasets(text: str) -> bool:
    """Whether it may read files of /databricks-datasets."""
    return DATASETS[1:] in text


def provide_datasets(home: Home) -> None:
    """Write the files unless they are there. Raises CommandError."""
    from lakeshell.samples.files import make_datasets

    folder = home.dbfs / DATASETS[1:]
    if (folder / "README.md").exists():
        return
    try:
        with _alone(home):
            make_datasets(folder)
    except OSError as error:
        raise CommandError(f"{DATASETS} cannot be made: {error.strerror or error}.") from error


def provide_tables(session: Runs, schemas: Iterable[str], tell: Callable[[str], None]) -> None:
    """Make the tables of these schemas that are not there yet; `tell` hears what takes a moment.

    A catalog `samples` that somebody else has made is left alone.
    """
    home = session.home
    missing = [schema for schema in schemas if (str(home.root), schema) not in _there]
    if not missing:
        return
    with _alone(home):
        if _catalog(session):
            for schema in missing:
                _make(session, schema, tell)
                _there.add((str(home.root), schema))


def _catalog(session: Runs) -> bool:
    """See to it that there is the catalog; whether it is ours."""
    store = Store(session.home)
    fields = store.get(KIND, [CATALOG])
    if fields is not None:
        return bool(fields.get(_GENERATED))
    comment = "Sample tables, as every workspace has them; the rows are generated."
    store.add(KIND, [CATALOG], {**stamp(), "comment": comment, _GENERATED: True})
    session.execute(f"CREATE SCHEMA IF NOT EXISTS {_schema(DEFAULT)}")
    return True


def _make(session: Runs, schema: str, tell: Callable[[str], None]) -> None:
    session.execute(f"CREATE SCHEMA IF NOT EXISTS {_schema(schema)}")
    listed = session.execute(f"SHOW TABLES IN {_schema(schema)}").table
    there = set() if listed is None else set(listed.column("tableName").to_pylist())
    missing = [name for name in _tables(schema) if name not in there]
    if not missing:
        return
    tell(f"Making {CATALOG}.{schema}, once for this lakehouse.")
    with tempfile.TemporaryDirectory(prefix="samples-", dir=session.home.tmp) as scratch:
        for name, path in _written(schema, Path(scratch)):
            if name in missing:
                target = f"{_schema(schema)}.{quote_identifier(name)}"
                session.execute(
                    f"CREATE TABLE IF NOT EXISTS {target} AS "
                    f"SELECT * FROM parquet.{quote_identifier(str(path))}"
                )


def _schema(name: str) -> str:
    return quote_name([schema_in_spark(CATALOG, name)])


def _tables(schema: str) -> tuple[str, ...]:
    if schema == "tpch":
        from lakeshell.samples.tpch import TABLES

        return TABLES
    if schema == "bakehouse":
        from lakeshell.samples.bakehouse import TABLES as BAKEHOUSE

        return BAKEHOUSE
    return ("trips",)


def _written(schema: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every table of a schema as a Parquet file."""
    import pyarrow.parquet as pq

    if schema == "tpch":
        from lakeshell.samples.tpch import TABLES, write_tables

        write_tables(folder, _TPCH_SCALE)
        made = {name: pq.read_table(folder / name) for name in TABLES}
    elif schema == "bakehouse":
        from lakeshell.samples.bakehouse import tables

        made = tables()
    else:
        from lakeshell.samples.nyctaxi import trips

        made = {"trips": trips()}
    for name, table in made.items():
        path = folder / f"{name}.parquet"
        pq.write_table(_typed(table), path)
        yield name, path


def _typed(table: pa.Table) -> pa.Table:
    """With the types of the workspaces' tables: keys are BIGINT, money is DECIMAL(18, 2)."""
    import pyarrow as pa

    def type_of(field: pa.Field) -> pa.DataType:
        if field.name.endswith("key"):
            return pa.int64()
        return pa.decimal128(18, 2) if pa.types.is_decimal(field.type) else field.type

    return table.cast(pa.schema([(field.name, type_of(field)) for field in table.schema]))


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One shell makes them; another that wants them waits."""
    lock = FileLock(home.samples_lock)
    if not lock.acquire(timeout=_WAIT):
        raise CommandError("Another shell has been making the sample data for five minutes.")
    with lock:
        yield
