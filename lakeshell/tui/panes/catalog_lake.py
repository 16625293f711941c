"""What the catalog tree knows of the lakehouse: the metadata, the folders, the streams, what is
waited for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from lakeshell.catalog.metadata import (
    CATALOGS,
    Key,
    columns_key,
    functions_key,
    schemas_key,
    tables_key,
)
from lakeshell.catalog.model import Column, Table
from lakeshell.dialect.names.catalogs import schema_in_spark
from lakeshell.tui.panes.catalog_folders import Entry, Folders
from lakeshell.tui.panes.catalog_streams import KnownStreams, Stream
from lakeshell.tui.panes.catalog_volumes import Volume, VolumeNames
from lakeshell.tui.workbench import Workbench

MAIN = "spark_catalog"
"""The catalog whose name may be left out."""
_MAIN_IN_PATHS = "main"
"""What most code calls it in paths of volumes: the catalog that a workspace of Databricks has."""


class KnownLake:
    """A `Lake` of the workbench. Between `begin` and `end` it notes what was asked for, so that
    this is read anew when something has changed."""

    def __init__(self, bench: Workbench, on_change: Callable[[], object]) -> None:
        self._bench = bench
        self._folders = Folders(bench.home, on_change)
        self._streams = KnownStreams(bench.home, on_change)
        self._volumes = VolumeNames(self.entries)
        self._shown: set[Key] = set()
        self._shown_folders: set[str] = set()
        self._shown_before: set[str] = set()

    def begin(self) -> None:
        """The lines are about to be built."""
        self._shown = set()
        self._shown_before, self._shown_folders = self._shown_folders, set()
        self._volumes = VolumeNames(self.entries)

    def end(self) -> None:
        """They have been built."""
        self._bench.metadata.keep_fresh(self._shown)

    def look_again(self) -> None:
        """Read anew what the tree shows."""
        self.read_folders()
        self._streams.ask()
        self._bench.metadata.refresh()

    def read_folders(self) -> None:
        """Read anew the folders that the tree shows."""
        self._folders.look_again(sorted(self._shown_folders))

    def read_streams(self, every: float) -> None:
        """Read the streams anew if that was not done in the last `every` seconds."""
        self._streams.ask(every)

    @property
    def delta_logs(self) -> list[Path]:
        """The logs of managed tables whose columns are shown: a commit changes their folders."""
        found = []
        for key in self._shown:
            if key[0] == "columns" and len(key) == 4 and key[1] == MAIN:
                schema, table = key[2].lower(), key[3].lower()
                warehouse = self._bench.home.warehouse
                folder = warehouse if schema == "default" else warehouse / f"{schema}.db"
                found.append(folder / table / "_delta_log")
        return found

    @property
    def listed(self) -> list[Path]:
        """The folders that the tree shows, as this machine calls them."""
        return [self._folders.local(path) for path in self._shown_folders]

    @property
    def current(self) -> tuple[str, str]:
        """The current catalog and schema."""
        catalog, _, schema = self._bench.metadata.current_schema.rpartition(".")
        return catalog or MAIN, schema

    def short_name(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """A name without its catalog, where that is understood."""
        usual = len(parts) > 1 and parts[0] == MAIN and self.current[0] == MAIN
        return parts[1:] if usual else parts

    def waiting(self) -> str | None:
        """What keeps names from being read, None when nothing does."""
        connection = self._bench.connection
        if connection.session is None:
            if connection.error is not None and not connection.is_opening:
                return f"✗ {connection.error.message} r tries again."
            return f"{connection.doing} {connection.elapsed:.0f} s"
        if not self._bench.metadata.can_ask:
            return "Spark has stopped; the next statement starts it."
        return None

    def catalogs(self) -> Sequence[str] | None:
        """Catalogs."""
        self._shown.add(CATALOGS)
        return self._bench.metadata.catalogs()

    def schemas(self, catalog: str) -> Sequence[str] | None:
        """Schemas of a catalog."""
        self._shown.add(schemas_key(catalog))
        return self._bench.metadata.schemas_in(catalog)

    def tables(self, catalog: str, schema: str, *, soon: bool) -> Sequence[Table] | None:
        """Tables and views of a schema."""
        if soon:
            self._shown.add(tables_key(catalog, schema))
        return self._bench.metadata.tables_in(catalog, schema, soon=soon)

    def functions(self, catalog: str, schema: str, *, soon: bool) -> Sequence[str] | None:
        """Functions of a schema that users made."""
        if soon:
            self._shown.add(functions_key(catalog, schema))
        return self._bench.metadata.functions_in(catalog, schema, soon=soon)

    def temp_views(self) -> Sequence[str]:
        """Views of this session."""
        tables = self._bench.metadata.tables()
        return sorted(table.name for table in tables if table.kind == "temp view")

    def columns(self, parts: tuple[str, ...], *, ask: bool) -> Sequence[Column] | None:
        """Columns of a table or view; without `ask`, only if they are known."""
        if not ask:
            return self._bench.metadata.known(columns_key(parts))
        self._shown.add(columns_key(parts))
        return self._bench.metadata.columns_of(parts)

    def problem(self, kind: str, parts: tuple[str, ...]) -> str | None:
        """Why Spark refused to tell what is in a schema or a table."""
        key = tables_key(*parts) if kind == "schema" else columns_key(parts)
        return self._bench.metadata.problem(key)

    def folders(self) -> Sequence[tuple[str, str]]:
        """The home's folders; none when the session is on another machine."""
        return [] if self._is_elsewhere else self._folders.roots

    def entries(self, path: str) -> Sequence[Entry] | None:
        """What is in a folder; one that comes into sight is read anew."""
        known = self._folders.entries(path)
        is_new = path not in self._shown_before and path not in self._shown_folders
        if is_new and known is not None:
            self._folders.look_again([path])
        self._shown_folders.add(path)
        return known

    def volumes(self, catalog: str, schema: str) -> Sequence[Volume]:
        """The volumes of a schema; none when the session is on another machine."""
        if self._is_elsewhere:
            return ()
        return self._volumes.of(self._names_in_paths(catalog), schema)

    def _names_in_paths(self, catalog: str) -> Collection[str]:
        loaded = self._bench.metadata.known(CATALOGS) or ()
        if catalog == MAIN and _MAIN_IN_PATHS not in loaded:
            return (MAIN, _MAIN_IN_PATHS)
        return (catalog,)

    @property
    def _is_elsewhere(self) -> bool:
        session = self._bench.connection.session
        return session is not None and session.is_remote

    def streams(self) -> Sequence[Stream]:
        """The streams of the home."""
        return self._streams.known()

    def streams_into(self, parts: tuple[str, ...]) -> Sequence[Stream]:
        """The streams that write a table, by its whole name."""
        if len(parts) != 3:
            return ()
        catalog, schema, table = parts
        in_spark = schema if catalog == MAIN else schema_in_spark(catalog, schema)
        return self._streams.writing(in_spark, table)
