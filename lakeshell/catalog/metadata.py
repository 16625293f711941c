"""What a session's lakehouse holds, read in the background and kept: nobody waits for it.

Whoever asks gets what is known now; what is not is put on a list, read by a thread of its own, and
`on_change` is called when it has come.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lakeshell.catalog.model import Column, Setting, Table
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import LakeshellError, StatementError
from lakeshell.sql.names import parse_name, quote_name

if TYPE_CHECKING:
    from lakeshell.session.session import Session

Key = tuple[str, ...]

_TIMEOUT = 20.0  # seconds for one question
_LAST_ANSWER = 3.0  # seconds that the end of a shell waits for one
_MOST_TABLES = 20_000

CATALOGS: Key = ("catalogs",)


def schemas_key(catalog: str) -> Key:
    """The question for the schemas of a catalog."""
    return ("schemas in", catalog)


def tables_key(catalog: str, schema: str) -> Key:
    """The question for the tables of a schema."""
    return ("tables in", catalog, schema)


def functions_key(catalog: str, schema: str) -> Key:
    """The question for the functions of a schema."""
    return ("functions in", catalog, schema)


def columns_key(parts: Sequence[str]) -> Key:
    """The question for the columns of a table."""
    return ("columns", *parts)


class SessionMetadata:
    """A `Metadata` of one session, which it is given when that is open (`attach`)."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self.current_schema = "default"
        self._on_change = on_change
        self._session: Session | None = None
        self._known: dict[Key, Sequence[Any]] = {}
        self._problems: dict[Key, str] = {}
        self._kept: frozenset[Key] = frozenset()
        self._stale: set[Key] = set()
        self._wanted: list[Key] = []
        self._wake = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    # What is known
    def schemas(self) -> Sequence[str]:
        """Every schema known by now."""
        return self._get(("schemas",))

    def schemas_of(self, catalog: str) -> Sequence[str]:
        """The schemas of a catalog known by now."""
        names = {str(name).lower(): str(name) for name in self._get(CATALOGS)}
        known = names.get(catalog.lower())
        return self._get(schemas_key(known)) if known else ()

    def tables(self, schema: str | None = None) -> Sequence[Table]:
        """Tables and views of a schema known by now; of the current one with temporary views."""
        return self._get(("tables", (schema or "").lower()))

    def columns(self, table: tuple[str, ...]) -> Sequence[Column]:
        """Columns of a table known by now."""
        return self._get(("columns", *(part.lower() for part in table)))

    def functions(self) -> Sequence[str]:
        """Functions known by now."""
        return self._get(("functions",))

    def settings(self) -> Sequence[Setting]:
        """Settings known by now."""
        return self._get(("settings",))

    # What a tree asks for: None stands for "not known yet"
    def catalogs(self) -> Sequence[str] | None:
        """Every catalog that Spark has loaded."""
        return self._ask(CATALOGS)

    def schemas_in(self, catalog: str) -> Sequence[str] | None:
        """The schemas of a catalog."""
        return self._ask(schemas_key(catalog))

    def tables_in(self, catalog: str, schema: str, *, soon: bool = True) -> Sequence[Table] | None:
        """Tables and views of a schema; `soon` puts the question before those that wait."""
        return self._ask(tables_key(catalog, schema), soon=soon)

    def functions_in(self, catalog: str, schema: str, *, soon: bool = True) -> Sequence[str] | None:
        """The functions that users have made in a schema."""
        return self._ask(functions_key(catalog, schema), soon=soon)

    def columns_of(self, parts: tuple[str, ...]) -> Sequence[Column] | None:
        """The columns of a table or view by its whole name."""
        return self._ask(columns_key(parts))

    def known(self, key: Key) -> Sequence[Any] | None:
        """The answer to a question (`tables_key` …) if it is known, without asking it."""
        return self._known.get(key)

    def problem(self, key: Key) -> str | None:
        """Why the answer to a question (`tables_key` …) is empty, if Spark refused it."""
        return self._problems.get(key)

    def keep_fresh(self, keys: Iterable[Key]) -> None:
        """The questions whose answers are on a screen: `refresh` asks them anew without being
        asked for them."""
        self._kept = frozenset(keys)

    @property
    def can_ask(self) -> bool:
        """Whether a question would be answered now, and without starting a server."""
        return self._session is not None and server_is_alive(self._session)

    # Its life
    def attach(self, session: Session) -> None:
        """Read from `session` from now on."""
        with self._wake:
            self._session = session
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._read_wanted, name="lakeshell-metadata", daemon=True
                )
                self._thread.start()
            self._wake.notify()
        self.refresh()

    def refresh(self) -> None:
        """Something may have changed: what is known is good until it was read anew."""
        with self._wake:
            self._stale = set(self._known)
            # The columns of many tables are not read anew before they are asked for.
            always: tuple[Key, ...] = (("schema",), ("schemas",), ("tables", ""))
            for key in always:
                self._want(key)
            if ("functions",) not in self._known:
                self._want(("functions",))
            for key in sorted(self._kept):
                self._want(key)

    def close(self) -> None:
        """Stop reading, after the question that is being answered.

        Ending the session in the midst of it would interrupt a thread of the server that may be in
        the metastore's database, which takes that for the loss of its connection.
        """
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(_LAST_ANSWER)

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is left to read; for tests and for the prompt behind a USE."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._wanted, timeout)

    def _get(self, key: Key) -> Sequence[Any]:
        with self._wake:
            if key not in self._known or key in self._stale:
                self._want(key)
            return self._known.get(key, ())

    def _ask(self, key: Key, *, soon: bool = True) -> Sequence[Any] | None:
        with self._wake:
            if key not in self._known or key in self._stale:
                self._want(key, soon=soon)
            return self._known.get(key)

    def _want(self, key: Key, *, soon: bool = False) -> None:
        if key not in self._wanted:
            # The first one may be in the midst of being answered.
            self._wanted.insert(1 if soon else len(self._wanted), key)
            self._wake.notify()

    def _read_wanted(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or (self._wanted and self._session))
                if self._closed:
                    return
                key, session = self._wanted[0], self._session
                self._stale.discard(key)
            rows = self._read(key, session) if session is not None else None
            with self._wake:
                self._wanted.remove(key)
                if rows is not None:
                    changed = self._known.get(key) != rows
                    self._known[key] = rows
                else:
                    changed = False
                self._wake.notify_all()
            if changed:
                self._on_change()

    def _read(self, key: Key, session: Session) -> Sequence[Any] | None:
        """The answer to one question; None when nobody answers, which is asked again later."""
        if not server_is_alive(session):
            return None
        try:
            rows = _READERS[key[0]](self, session, key[1:])
            self._problems.pop(key, None)
            return rows
        except StatementError as error:
            if error.error_class == "OPERATION_CANCELED":
                return None  # Ctrl-C in a cell stops whatever its session runs
            self._problems[key] = error.message
            return ()  # no such table, or none that can be described
        except LakeshellError:
            return None
        # Whatever a connection that breaks raises: completion is not worth a word of it.
        except Exception:
            return None

    # One question each
    def _read_schema(self, session: Session, _: Key) -> Sequence[Any]:
        rows = _rows(session, "SELECT current_catalog(), current_schema()")
        for catalog, schema in rows:
            usual = catalog == "spark_catalog"
            self.current_schema = str(schema) if usual else f"{catalog}.{schema}"
        return rows

    def _read_schemas(self, session: Session, _: Key) -> Sequence[str]:
        return [str(row[0]) for row in _rows(session, "SHOW SCHEMAS")]

    def _read_tables(self, session: Session, key: Key) -> Sequence[Table]:
        # No name of a schema has a dot: what stands in front of one is its catalog.
        place = f" IN {quote_name(key[0].split('.'))}" if key[0] else ""
        views = {str(row[1]) for row in _rows(session, f"SHOW VIEWS{place}")}
        tables = []
        for schema, name, temporary in _rows(session, f"SHOW TABLES{place}"):
            if temporary and key[0]:
                continue  # SHOW TABLES IN names temporary views in every schema
            kind = "temp view" if temporary else "view" if name in views else "table"
            tables.append(Table(str(schema), str(name), kind))
        return tables

    def _read_catalogs(self, session: Session, _: Key) -> Sequence[str]:
        return [str(row[0]) for row in _rows(session, "SHOW CATALOGS")]

    def _read_schemas_in(self, session: Session, key: Key) -> Sequence[str]:
        # Spark puts backticks around names that need them.
        shown = (str(row[0]) for row in _rows(session, f"SHOW SCHEMAS IN {quote_name(key)}"))
        return [parse_name(name)[-1] if name.startswith("`") else name for name in shown]

    def _read_tables_in(self, session: Session, key: Key) -> Sequence[Table]:
        place = quote_name(key)
        try:
            views = {str(row[1]) for row in _rows(session, f"SHOW VIEWS IN {place}")}
        except StatementError as error:
            if error.error_class == "OPERATION_CANCELED":
                raise
            views = set()  # a catalog that knows no views
        return sorted(
            (
                Table(key[-1], str(name), "view" if name in views else "table")
                for _, name, temporary in _rows(session, f"SHOW TABLES IN {place}")
                if not temporary
            ),
            key=lambda table: table.name.lower(),
        )

    def _read_functions_in(self, session: Session, key: Key) -> Sequence[str]:
        # Those of the session come with the others, under their bare names.
        names = (
            parse_name(str(row[0]))
            for row in _rows(session, f"SHOW USER FUNCTIONS IN {quote_name(key)}")
        )
        return sorted(parts[-1] for parts in names if len(parts) > 1)

    def _read_columns(self, session: Session, table: Key) -> Sequence[Column]:
        columns = []
        for name, kind, *_ in _rows(session, f"DESCRIBE TABLE {quote_name(table)}"):
            if not name or str(name).startswith("# "):
                break  # partitioning and details follow
            columns.append(Column(str(name), str(kind)))
        return columns

    def _read_functions(self, session: Session, _: Key) -> Sequence[str]:
        names = (str(row[0]).split(".")[-1] for row in _rows(session, "SHOW FUNCTIONS"))
        return sorted({name for name in names if name.isidentifier()})

    def _read_settings(self, session: Session, _: Key) -> Sequence[Setting]:
        return [
            Setting(str(key), str(value or ""), " ".join(str(meaning or "").split()))
            for key, value, meaning, *_ in _rows(session, "SET -v")
        ]


_READERS: dict[str, Callable[[SessionMetadata, Session, Key], Sequence[Any]]] = {
    "schema": SessionMetadata._read_schema,
    "schemas": SessionMetadata._read_schemas,
    "tables": SessionMetadata._read_tables,
    "catalogs": SessionMetadata._read_catalogs,
    "schemas in": SessionMetadata._read_schemas_in,
    "tables in": SessionMetadata._read_tables_in,
    "functions in": SessionMetadata._read_functions_in,
    "columns": SessionMetadata._read_columns,
    "functions": SessionMetadata._read_functions,
    "settings": SessionMetadata._read_settings,
}


def _rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    table = session.execute(sql, limit=_MOST_TABLES, timeout=_TIMEOUT).table
    if table is None:
        return []
    columns: Iterable[list[Any]] = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


def server_is_alive(session: Session) -> bool:
    """Whether asking would not start a server: that is left to the user's own statements."""
    if session.is_remote:
        return True
    endpoint = read_endpoint(session.home)
    return endpoint is not None and endpoint.token == session.remote.token
