"""What a command has in its hands: the session, the home, and a way to say things.

The public interface of plugins: a click command marked `@click.pass_obj` gets one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.config import Config
from lakeshell.errors import CommandError
from lakeshell.home import Home
from lakeshell.session.result import Notice, Result, Sink, Text

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.commands.options import Options
    from lakeshell.commands.registry import Registry
    from lakeshell.session.session import Session

Confirm = Callable[[str], bool]
RunText = Callable[[str], None]
RunNotebook = Callable[..., bool]


class CommandContext:
    """Given to every command.

    `session` is opened at the first use, so that a command which needs no Spark starts none.
    `variables` are the `${name}` of the shell, `options` its settings; both may be changed.
    `confirm` asks the person and answers False where nobody can be asked (`interactive` is False).
    `run` runs text as if it had been typed, `run_notebook(notebook, arguments, on_unit=None,
    tap=None)` a file, and says whether all went well. `width` is that of the terminal in cells,
    None when the output is not one. `in_file`: it stands in a file that runs, and was not typed.
    `last_query` is the text of the last query that was shown.
    """

    def __init__(
        self,
        *,
        home: Home,
        config: Config,
        registry: Registry,
        open_session: Callable[[], Session],
        sink: Sink,
        confirm: Confirm,
        run: RunText,
        variables: dict[str, str],
        options: Options,
        folder: Path,
        interactive: bool = False,
        width: int | None = None,
        last_query: str | None = None,
        run_notebook: RunNotebook = lambda *_: False,
        in_file: bool = False,
    ) -> None:
        self.home = home
        self.config = config
        self.registry = registry
        self._open_session = open_session
        self.sink = sink
        self.confirm = confirm
        self.run = run
        self.run_notebook = run_notebook
        self.variables = variables
        self.options = options
        self.folder = folder
        self.interactive = interactive
        self.width = width
        self.last_query = last_query
        self.in_file = in_file

    @property
    def session(self) -> Session:
        """The Spark session of this shell."""
        return self._open_session()

    # Saying things
    def emit(self, result: Result) -> None:
        """Show a result: rows in whatever format the user asked for."""
        self.sink(result)

    def emit_table(self, table: pa.Table, *, title: str | None = None) -> None:
        """Show an Arrow table."""
        self.sink(Result(table, title=title, metadata=True))

    def emit_rows(self, rows: list[Mapping[str, Any]], *, title: str | None = None) -> None:
        """Show rows given as dictionaries with the same keys; the types are inferred."""
        import pyarrow as pa

        self.emit_table(pa.Table.from_pylist([dict(row) for row in rows]), title=title)

    def emit_facts(self, heading: str, facts: Iterable[tuple[str, str]]) -> None:
        """Show names and what they stand for as two columns, the first under `heading`."""
        import pyarrow as pa

        told = list(facts)
        columns = {
            heading: pa.array([name for name, _ in told], pa.string()),
            "value": pa.array([value for _, value in told], pa.string()),
        }
        self.emit_table(pa.table(columns))

    def print(self, text: str) -> None:
        """Show plain text that is a result."""
        self.sink(Text(text if text.endswith("\n") else text + "\n"))

    def notice(self, text: str, *, level: str = "info") -> None:
        """A remark for the person, not part of the results."""
        self.sink(Notice(text, level))

    def progress(self, done: int, total: int, doing: str, elapsed: float) -> None:
        """How far a command of several steps is; `elapsed` in seconds since it began."""
        from lakeshell.session.result import Progress

        self.sink(Progress(0, 0, done, total, 0, 0, elapsed, doing=doing))

    # Asking Spark
    def query(self, sql: str, *, limit: int = 0) -> Result:
        """Run a statement of the command's own; at most `limit` rows, 0 for all."""
        return self.session.execute(sql, limit=limit, sink=self._progress_only)

    def rows(self, sql: str, *, limit: int = 0) -> list[dict[str, Any]]:
        """The rows of a statement as dictionaries."""
        table = self.query(sql, limit=limit).table
        return [] if table is None else list(table.to_pylist())

    def row(self, sql: str) -> dict[str, Any]:
        """The only row of a statement; CommandError when there is none."""
        rows = self.rows(sql, limit=1)
        if not rows:
            raise CommandError("There is nothing to show.")
        return rows[0]

    def path(self, name: str) -> Path:
        """A file named by the user: relative to the folder of the running file."""
        return (self.folder / Path(name).expanduser()).resolve()

    def _progress_only(self, event: Any) -> None:
        from lakeshell.session.result import Progress

        if isinstance(event, Progress):
            self.sink(event)
