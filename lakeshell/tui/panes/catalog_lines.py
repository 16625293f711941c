"""The lines of the catalog tree: what is known of the lakehouse, as it is opened and filtered.

Built anew whenever something has changed; a line is known by its key, so that what is open and
where the cursor stands outlive every change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from lakeshell.catalog.model import Column, Table
from lakeshell.tui.panes.catalog_line import STREAMS, TEMP_VIEWS, Key, Line, note
from lakeshell.tui.panes.catalog_path_lines import PathLines, Paths
from lakeshell.tui.panes.catalog_streams import Stream, summary


class Lake(Paths, Protocol):
    """What is known by now; None for what is being read."""

    @property
    def current(self) -> tuple[str, str]:
        """The current catalog and schema."""

    def waiting(self) -> str | None:
        """What is waited for as long as there is no Spark; None when it is there."""

    def catalogs(self) -> Sequence[str] | None:
        """Catalogs."""

    def schemas(self, catalog: str) -> Sequence[str] | None:
        """Schemas of a catalog."""

    def tables(self, catalog: str, schema: str, *, soon: bool) -> Sequence[Table] | None:
        """Tables and views of a schema."""

    def functions(self, catalog: str, schema: str, *, soon: bool) -> Sequence[str] | None:
        """Functions of a schema that users made."""

    def temp_views(self) -> Sequence[str]:
        """Views of this session."""

    def columns(self, parts: tuple[str, ...], *, ask: bool) -> Sequence[Column] | None:
        """Columns of a table or view; without `ask`, only if they are known."""

    def problem(self, kind: str, parts: tuple[str, ...]) -> str | None:
        """Why Spark refused to tell what is in a schema or a table."""

    def folders(self) -> Sequence[tuple[str, str]]:
        """Folders at the root of the tree: label and path."""

    def streams(self) -> Sequence[Stream]:
        """The streaming queries of the home."""

    def streams_into(self, parts: tuple[str, ...]) -> Sequence[Stream]:
        """Those that write a table."""


def tree_lines(lake: Lake, opened: Collection[Key], wanted: str = "") -> list[Line]:
    """All lines. With `wanted`, a text to look for, only those that hold it, and what leads there;
    `a.b` looks for a table `b…` in a schema `…a`."""
    return list(_Lines(lake, opened, wanted.strip().lower()).all())


class _Lines:
    def __init__(self, lake: Lake, opened: Collection[Key], wanted: str) -> None:
        self._lake = lake
        self._opened = opened
        self._wanted = wanted
        self._paths = PathLines(lake, opened, wanted)
        self._all_paths = PathLines(lake, opened, "")

    def all(self) -> Iterator[Line]:
        waiting = self._lake.waiting()
        if waiting is not None:
            yield note(("waiting",), 0, waiting)
        catalogs = self._lake.catalogs()
        if catalogs is None and waiting is None:
            yield note(("catalogs",), 0, "reading …")
        for catalog in catalogs or ():
            yield from self._catalog(catalog)
        yield from self._temp_views()
        for label, path in self._lake.folders():
            yield from self._paths.folder(label, path, 0)
        yield from self._streams()

    def _catalog(self, catalog: str) -> Iterator[Line]:
        key = ("catalog", catalog)
        schemas = self._lake.schemas(catalog)
        is_open = bool(self._wanted) or key in self._opened
        below: list[Line] = []
        if is_open:
            below = [line for schema in schemas or () for line in self._schema(catalog, schema)]
        if self._wanted and not below:
            return
        count = "" if schemas is None else str(len(schemas))
        yield Line(key, "catalog", 0, catalog, count, (catalog,), is_open)
        yield from below
        if is_open and schemas is None:
            yield note(key, 1, "reading …")

    def _schema(self, catalog: str, schema: str) -> Iterator[Line]:
        key = ("schema", catalog, schema)
        named = self._wanted in schema.lower()
        open_by_hand = key in self._opened
        tables = functions = None
        if open_by_hand or self._wanted:
            tables = self._lake.tables(catalog, schema, soon=open_by_hand)
            functions = self._lake.functions(catalog, schema, soon=open_by_hand)
        below: list[Line] = []
        if self._wanted:
            below = self._found(catalog, schema, tables or (), functions or ())
            below += self._paths.volumes(catalog, schema)
            if not below and not named:
                return
        if open_by_hand and not below:
            below = self._relations(catalog, schema, tables or (), functions or ())
            below += self._all_paths.volumes(catalog, schema)
        is_open = bool(below) or open_by_hand
        count = "" if tables is None else str(len(tables))
        marked = (catalog, schema) == self._lake.current
        yield Line(key, "schema", 1, schema, count, (catalog, schema), is_open, marked)
        yield from below
        if open_by_hand and not below:
            problem = self._lake.problem("schema", (catalog, schema))
            known = tables is not None
            yield note(key, 2, f"✗ {problem}" if problem else "empty" if known else "reading …")

    def _found(
        self, catalog: str, schema: str, tables: Sequence[Table], functions: Sequence[str]
    ) -> list[Line]:
        wanted = self._wanted
        whole = "." in wanted
        lines: list[Line] = []
        for table in tables:
            name = f"{schema}.{table.name}" if whole else table.name
            parts = (catalog, schema, table.name)
            lines += self._relation(parts, table.kind, 2, hit=wanted in name.lower())
        for function in functions:
            name = f"{schema}.{function}" if whole else function
            if wanted in name.lower():
                lines.append(_function(catalog, schema, function))
        return lines

    def _relations(
        self, catalog: str, schema: str, tables: Sequence[Table], functions: Sequence[str]
    ) -> list[Line]:
        lines: list[Line] = []
        for table in tables:
            parts = (catalog, schema, table.name)
            key = (table.kind, *parts)
            if key in self._opened:
                lines += self._relation(parts, table.kind, 2, hit=True)
            else:
                detail = self._written_by(parts)
                lines.append(Line(key, table.kind, 2, table.name, detail, parts))
        lines += [_function(catalog, schema, function) for function in functions]
        return lines

    def _relation(
        self, parts: tuple[str, ...], kind: str, depth: int, *, hit: bool
    ) -> Iterator[Line]:
        """A table or view with its columns, where it is open, or where columns are found."""
        key = (kind, *parts)
        opened = key in self._opened
        columns = self._lake.columns(parts, ask=opened)
        shown: Sequence[Column] = ()
        if opened and hit:
            shown = columns or ()
        elif self._wanted and columns:
            shown = [column for column in columns if self._wanted in column.name.lower()]
        if not hit and not shown:
            return
        is_open = opened or bool(shown)
        yield Line(key, kind, depth, parts[-1], self._written_by(parts), parts, is_open)
        for number, column in enumerate(shown):
            yield Line(
                ("column", str(number), *parts, column.name),
                "column", depth + 1, column.name, column.type, (column.name,),
            )  # fmt: skip
        if opened and not shown:
            problem = self._lake.problem("table", parts)
            known = columns is not None
            words = f"✗ {problem}" if problem else "no columns" if known else "reading …"
            yield note(key, depth + 1, words)

    def _temp_views(self) -> Iterator[Line]:
        below: list[Line] = []
        views = self._lake.temp_views()
        key = TEMP_VIEWS
        is_open = bool(self._wanted) or key in self._opened
        if is_open:
            for name in views:
                hit = self._wanted in name.lower()
                below += self._relation((name,), "temp view", 1, hit=hit)
        if not views or (self._wanted and not below):
            return
        yield Line(key, "group", 0, "temporary views", str(len(views)), (), is_open)
        yield from below

    def _written_by(self, parts: tuple[str, ...]) -> str:
        """Which streams write a table, in words."""
        told = (
            stream.name if stream.state == "running" else f"{stream.name} ({stream.state})"
            for stream in self._lake.streams_into(parts)
        )
        names = ", ".join(told)
        return f"← {names}" if names else ""

    def _streams(self) -> Iterator[Line]:
        streams = self._lake.streams()
        found = [stream for stream in streams if self._wanted in stream.name.lower()]
        if not found:
            return
        is_open = bool(self._wanted) or STREAMS in self._opened
        counts, state = summary(streams)
        yield Line(STREAMS, "group", 0, "Streams", counts, (), is_open, state=state)
        for stream in found if is_open else ():
            key = ("stream", stream.run_id)
            yield Line(
                key, "stream", 1, stream.name, stream.detail, (stream.name,), state=stream.state
            )


def _function(catalog: str, schema: str, name: str) -> Line:
    parts = (catalog, schema, name)
    return Line(("function", *parts), "function", 2, name, "", parts)
