"""Carrying out COPY INTO, so that every file is loaded once.

The INSERT carries a Delta transaction (`txnAppId`, `txnVersion`), whose version is the number of
the load: Delta commits one load of each number, whoever sends it and however often. Which files a
number stands for is noted before the commit (`copied_files.py`), and the commit names its note
(`userMetadata`). So after a crash between the two, of the shell or of the server, the next COPY
INTO finds out from the table itself whether the noted load took place; and of two shells that load
the same files at once, one is turned away and looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.files.file_relations import (
    escaped,
    exactly,
    files_under,
    partitioned_under,
    plain,
    relation,
)
from lakeshell.dialect.steps import Answer, Engine
from lakeshell.dialect.tables.copied_files import CopiedFiles, Load
from lakeshell.dialect.tables.table_folder import DeltaFolder, delta_folder
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_identifier, quote_name, quote_string

if TYPE_CHECKING:
    import pyarrow as pa

_MARK = "lakeshell COPY INTO "  # before the note's token, in the commit's userMetadata
_ROUNDS = 8  # other shells may load into the table at the same time
_TURNED_AWAY = ("DELTA_CONCURRENT_TRANSACTION", "DELTA_CONCURRENT_WRITE")


@dataclass(frozen=True)
class Copy:
    """The parts of a statement. `select` and `tail` stand around the files where it has a query;
    `columns` is empty for BY POSITION and None where columns are matched by their names;
    `preview` is the number of rows of VALIDATE."""

    target: tuple[str, ...]
    path: str
    kind: str
    select: str = "SELECT * FROM "
    tail: str = ""
    columns: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    pattern: str | None = None
    preview: int | None = None
    reading: Mapping[str, str] = field(default_factory=dict)
    copying: Mapping[str, str] = field(default_factory=dict)

    @property
    def force(self) -> bool:
        """Whether files that were loaded before are loaded again."""
        return _is_on(self.copying, "force")

    @property
    def merge_schema(self) -> bool:
        """Whether the table gets columns that it lacks."""
        return _is_on(self.copying, "mergeschema")

    def query(self, files: Sequence[str]) -> str:
        """The rows of these files."""
        reading = dict(self.reading)
        folder = plain(self.path)
        if partitioned_under(folder, files) and not _is_on(reading, "recursivefilelookup"):
            reading.setdefault("basePath", folder)
        return self.select + relation(self.kind, exactly(files), reading) + self.tail


def copy_into(copy: Copy, engine: Engine) -> Answer:
    """Load the files that were not loaded before; the counts that Databricks returns."""
    table = delta_folder(engine, copy.target, "COPY INTO")
    found = _found(engine, copy)
    if copy.preview is not None:
        return Answer(_preview(engine, copy, found))
    corrupt = 0
    copied = CopiedFiles(table)
    for _ in range(_ROUNDS):
        _settle(engine, copy.target, copied)
        known = {path for load in copied.settled() for path in load.files}
        files = [path for path in found if copy.force or path not in known]
        if files and _is_on(copy.reading, "ignorecorruptfiles"):
            broken = _corrupt(engine, copy, files)
            corrupt, files = len(broken), [path for path in files if path not in broken]
        if not files:
            return _answer(0, corrupt)
        load = copied.note(files)
        if not _insert(engine, copy, table, load):
            continue
        rows = _rows_of(engine, copy.target, load)
        if rows is not None:
            copied.settle(load)
            return _answer(rows, corrupt)
        _explain(engine, copy.target, copied, load)
    raise StatementError(f"Other shells keep loading files into {display_name(copy.target)}.")


def _found(engine: Engine, copy: Copy) -> list[str]:
    """The files that the statement names, loaded or not."""
    folder = copy.path.rstrip("/") or "/"
    if copy.files:
        named = exactly([f"{folder}/{name.lstrip('/')}" for name in copy.files])
        return files_under(engine, named, copy.reading)
    if copy.pattern is None:
        return files_under(engine, copy.path, copy.reading)
    try:
        return files_under(engine, f"{escaped(folder)}/{copy.pattern.lstrip('/')}", copy.reading)
    except StatementError as error:
        if error.error_class != "PATH_NOT_FOUND":
            raise
        return []  # nothing fits the pattern


def _insert(engine: Engine, copy: Copy, table: DeltaFolder, load: Load) -> bool:
    """Append the load's files; False when another load of this number was faster."""
    options = {
        "userMetadata": _MARK + load.token,
        "txnAppId": f"lakeshell-copy-into-{table.id}",
        "txnVersion": str(load.number),
        "mergeSchema": "true" if copy.merge_schema else "false",
    }
    given = ", ".join(f"{quote_string(k)} = {quote_string(v)}" for k, v in options.items())
    how, query = _matched(engine, copy, load.files)
    try:
        engine.execute(f"INSERT INTO {quote_name(copy.target)} WITH ({given}) {how} {query}")
    except StatementError as error:
        if (error.error_class or "").startswith(_TURNED_AWAY):
            return False
        raise
    return True


def _matched(engine: Engine, copy: Copy, files: Sequence[str]) -> tuple[str, str]:
    """How the columns of the files find those of the table, and the rows of the files."""
    query = copy.query(files)
    if copy.columns is None:
        return "BY NAME", query
    types = {row["col_name"].lower(): row["data_type"] for row in _described(engine, copy.target)}
    names = copy.columns or tuple(row["col_name"] for row in _described(engine, copy.target))
    given = [row["col_name"] for row in engine.rows(f"DESCRIBE QUERY {query}")]
    if len(given) != len(names):
        raise StatementError(
            f"The files have {len(given)} columns for the {len(names)} of "
            f"{display_name(copy.target)}.",
            hint="COPY INTO t (a, b) FROM … names those that the files fill.",
        )
    unknown = [name for name in names if name.lower() not in types]
    if unknown:
        raise StatementError(f"{display_name(copy.target)} has no column {unknown[0]}.")
    casts = ", ".join(
        f"CAST({quote_identifier(source)} AS {types[name.lower()]}) AS {quote_identifier(name)}"
        for source, name in zip(given, names, strict=True)
    )
    return "BY NAME", f"SELECT {casts} FROM ({query})"


def _described(engine: Engine, target: tuple[str, ...]) -> Iterable[Mapping[str, Any]]:
    """The rows of DESCRIBE TABLE that are columns."""
    for row in engine.rows(f"DESCRIBE TABLE {quote_name(target)}"):
        if not row["col_name"] or row["col_name"].startswith("#"):
            return
        yield row


def _settle(engine: Engine, target: tuple[str, ...], copied: CopiedFiles) -> None:
    """Find out about loads that were noted and perhaps took place."""
    noted = copied.noted()
    if noted:
        marks = {row["userMetadata"] for row in _history(engine, target)}
        for load in noted:
            if _MARK + load.token in marks:
                copied.settle(load)


def _explain(engine: Engine, target: tuple[str, ...], copied: CopiedFiles, load: Load) -> None:
    """Delta says that a load of this number is in the table already: find which.

    Its commit may be so old that the history no longer names it; then it is the only other one.
    """
    copied.forget(load)
    rivals = [other for other in copied.noted() if other.number == load.number]
    _settle(engine, target, copied)
    if any(done.number >= load.number for done in copied.settled()):
        return
    if len(rivals) != 1:
        raise StatementError(
            f"It is not known which files {display_name(target)} holds already: what lakeshell had "
            "noted about an interrupted COPY INTO is gone.",
            hint="Look what is in the table; COPY_OPTIONS ('force' = 'true') loads files again.",
        )
    copied.settle(rivals[0])


def _rows_of(engine: Engine, target: tuple[str, ...], load: Load) -> int | None:
    """How many rows the load brought; None when it is not in the table."""
    for limit in (" LIMIT 5", ""):
        for row in _history(engine, target, limit):
            if row["userMetadata"] == _MARK + load.token:
                return int(dict(row["operationMetrics"] or ()).get("numOutputRows", 0))
    return None


def _history(engine: Engine, target: tuple[str, ...], limit: str = "") -> list[dict[str, Any]]:
    return engine.rows(f"DESCRIBE HISTORY {quote_name(target)}{limit}")


def _preview(engine: Engine, copy: Copy, files: Sequence[str]) -> pa.Table | None:
    """The first rows, read as COPY INTO would read them; nothing is written."""
    if not files:
        return None
    _, query = _matched(engine, copy, files)
    if not copy.merge_schema and copy.columns is None:
        known = {row["col_name"].lower() for row in _described(engine, copy.target)}
        for row in engine.rows(f"DESCRIBE QUERY {query}"):
            if row["col_name"].lower() not in known:
                raise StatementError(
                    f"{display_name(copy.target)} has no column {row['col_name']}.",
                    hint="COPY_OPTIONS ('mergeSchema' = 'true') adds what is missing.",
                )
    return engine.execute(f"SELECT * FROM ({query}) LIMIT {copy.preview}")


def _corrupt(engine: Engine, copy: Copy, files: Sequence[str]) -> set[str]:
    """Those that cannot be read. Spark leaves them out without saying which: each is tried."""
    if _readable(engine, copy, files):
        return set()
    return {path for path in files if not _readable(engine, copy, [path])}


def _readable(engine: Engine, copy: Copy, files: Sequence[str]) -> bool:
    reading = {k: v for k, v in copy.reading.items() if k.lower() != "ignorecorruptfiles"}
    source = relation(copy.kind, exactly(files), reading)
    try:
        engine.execute(f"SELECT count(*) FROM {source}")
    except StatementError:
        return False
    return True


def _answer(rows: int, corrupt: int) -> Answer:
    import pyarrow as pa

    names = ("num_affected_rows", "num_inserted_rows", "num_skipped_corrupt_files")
    values = (rows, rows, corrupt)
    return Answer(
        pa.table({n: pa.array([v], pa.int64()) for n, v in zip(names, values, strict=True)})
    )


def _is_on(options: Mapping[str, str], name: str) -> bool:
    return any(k.lower() == name and v.lower() == "true" for k, v in options.items())
