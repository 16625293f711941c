"""What can be done with a line of the catalog tree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lakeshell.errors import LakeshellError
from lakeshell.render.safe_text import safe_text
from lakeshell.sql.names import display_name, quote_identifier, quote_name, quote_string
from lakeshell.tui.messages import (
    InsertRequested,
    OpenTextRequested,
    StreamChosen,
    TableChosen,
    TextRunRequested,
)
from lakeshell.tui.panes.catalog_lake import KnownLake
from lakeshell.tui.panes.catalog_line import PATHS, RELATIONS, Line
from lakeshell.tui.panes.confirming import confirming_word
from lakeshell.tui.panes.spark_call import SparkCall
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session
    from lakeshell.tui.panes.catalog import CatalogPane

_PREVIEW = 100  # rows
_FORMATS = {"parquet": "parquet", "json": "json", "jsonl": "json", "orc": "orc", "avro": "avro"}

_ACTS = (
    ("choose", "Show in the dock", RELATIONS),
    ("choose", "Show among the streams", frozenset({"stream"})),
    ("preview", "Preview rows", RELATIONS | {"file"}),
    ("insert", "Insert the name in the editor", None),
    ("copy", "Copy the name", None),
    ("ddl", "Open its DDL in a new tab", RELATIONS | {"function"}),
    ("use", "USE this schema", frozenset({"schema"})),
    ("drop", "Drop …", RELATIONS | {"function", "schema"}),
    ("refresh", "Read the names again", None),
)
_NAMING = ("insert", "copy")


def acts_for(line: Line) -> list[tuple[str, str]]:
    """What there is to do with a line: the act's id and its words."""
    return [
        (act, words)
        for act, words, kinds in _ACTS
        if (kinds is None or line.kind in kinds) and (line.parts or act not in _NAMING)
    ]


class CatalogActs:
    """Does what the person wants; messages go up from `pane`."""

    def __init__(self, pane: CatalogPane, bench: Workbench, lake: KnownLake) -> None:
        self._pane = pane
        self._bench = bench
        self._lake = lake

    def do(self, act: str, line: Line) -> None:
        """`act` with `line`; nothing where it makes no sense."""
        if line.kind == "note":
            return
        if act == "menu":
            self._menu(line)
        elif act in dict(acts_for(line)) or act == "choose":
            getattr(self, f"_{act}")(line)

    def _menu(self, line: Line) -> None:
        from lakeshell.tui.screens.dialogs import Choose

        def chosen(act: str | None) -> None:
            if act is not None:
                self._pane.names.post_message(self._pane.names.Wanted(act, line))

        title = safe_text(f"{line.kind} {self._plain(line) or line.label}")
        self._pane.app.push_screen(Choose(title, acts_for(line)), chosen)

    def _name(self, line: Line) -> tuple[str, ...]:
        return self._lake.short_name(line.parts)

    def _text(self, line: Line) -> str:
        """The name as it is written in SQL, of a stream as a word of a % command."""
        if line.kind in PATHS:
            return quote_string(line.parts[0])
        if line.kind == "stream" and not line.label.isidentifier():
            return _as_word(line.label)
        return self._plain(line)

    def _plain(self, line: Line) -> str:
        if line.kind in PATHS or line.kind == "stream":
            return line.parts[0]
        return display_name(self._name(line))

    def _choose(self, line: Line) -> None:
        if line.kind in RELATIONS:
            self._pane.post_message(TableChosen(self._name(line), line.kind))
        elif line.kind == "stream":
            self._pane.post_message(StreamChosen(line.key[-1]))
        elif line.kind == "file":
            self._preview(line)
        else:
            self._insert(line)

    def _preview(self, line: Line) -> None:
        if line.kind == "file":
            path = line.parts[0]
            kind = _FORMATS.get(path.rpartition(".")[2].lower())
            if kind is None:
                self._run(f"%fs head {_as_word(path)}")
                return
            place = f"{kind}.{quote_identifier(path)}"
        else:
            place = quote_name(self._name(line))
        self._run(f"SELECT * FROM {place} LIMIT {_PREVIEW}")

    def _run(self, text: str) -> None:
        self._pane.post_message(TextRunRequested(text))

    def _insert(self, line: Line) -> None:
        self._pane.post_message(InsertRequested(self._text(line)))

    def _copy(self, line: Line) -> None:
        text = self._plain(line)
        self._pane.app.copy_to_clipboard(text)
        self._tell(f"Copied {safe_text(text)}")

    def _use(self, line: Line) -> None:
        self._run(f"USE {quote_name(self._name(line))}")

    def _refresh(self, line: Line) -> None:
        self._pane.names.post_message(self._pane.names.Wanted("refresh", line))

    def _tell(self, words: str, severity: str = "information") -> None:
        self._bench.notify(words, "warning" if severity != "information" else "info")

    # With Spark
    def _ddl(self, line: Line) -> None:
        self._pane.run_worker(self._open_ddl(line), group="ddl", exit_on_error=False)

    async def _open_ddl(self, line: Line) -> None:
        from lakeshell.delta.ddl import function_ddl, relation_ddl

        make = function_ddl if line.kind == "function" else relation_ddl
        name = self._name(line)
        try:
            text = await SparkCall(self._bench, lambda session, _: make(session, name)).result()
        except LakeshellError as error:
            self._tell(safe_text(error.message), "warning")
            return
        self._pane.post_message(OpenTextRequested(text, name[-1]))

    def _drop(self, line: Line) -> None:
        from lakeshell.tui.screens.dialogs import TypeToConfirm

        name = display_name(self._name(line))
        noun = {"temp view": "view"}.get(line.kind, line.kind)
        question = f"Drop the {noun} {safe_text(name)}?"
        if line.kind == "table":
            question += " A managed table's files are deleted with it, all versions of them."
        if line.kind == "schema":
            question += " It must be empty."
        word = confirming_word(line.parts[-1])

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._pane.run_worker(self._drop_now(line, noun), exit_on_error=False)

        self._pane.app.push_screen(TypeToConfirm(question, word), answered)

    async def _drop_now(self, line: Line, noun: str) -> None:
        sql = f"DROP {noun.upper()} {quote_name(self._name(line))}"

        def work(session: Session, sink: Sink) -> None:
            session.execute(sql, sink=sink)

        try:
            await SparkCall(self._bench, work).result()
        except asyncio.CancelledError:
            raise
        except LakeshellError as error:
            self._tell(safe_text(error.message), "warning")
        else:
            self._tell(f"Dropped {safe_text(display_name(self._name(line)))}.")
        self._lake.look_again()


def _as_word(path: str) -> str:
    """A path as one word of a % command."""
    return "'" + path + "'" if "'" not in path else '"' + path.replace('"', '\\"') + '"'
