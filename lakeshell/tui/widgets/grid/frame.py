"""What a result grid is made of: its parts and state, its foot line, the threads that it asks.

Sorting, filtering, searching and copying run in worker threads. Each kind of work is numbered; an
answer that is not to the latest question is dropped, and a question that is out of date stops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from lakeshell.render.metrics import format_count
from lakeshell.render.safe_text import fit
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.grid.body import GridBody
from lakeshell.tui.widgets.grid.prompt import GridPrompt

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.tui.widgets.grid.order import Sort
    from lakeshell.tui.widgets.grid.view import Arrangement


class GridFrame(Widget):
    """The parts that every act of a grid works on."""

    @dataclass
    class FootChanged(Message, namespace="result_grid"):
        """`grid.foot_line` says something else."""

        grid: GridFrame

        @property
        def control(self) -> GridFrame:
            """The grid, for handlers that select by it."""
            return self.grid

    @dataclass
    class Answered(Message, bubble=False):
        """A thread has done its `work`, number `number` of that kind; `use` takes the answer."""

        work: str
        number: int
        answer: Any
        use: Callable[[Any], None]
        error: str | None = None

    def __init__(
        self,
        table: pa.Table | None = None,
        *,
        time_zone: str = "UTC",
        truncated: bool = False,
        foot: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.body = GridBody()
        self.prompt = GridPrompt()
        self._foot = Static("", classes="grid--foot")
        self._foot.display = foot
        self._table = table
        self._time_zone = time_zone
        self._truncated = truncated
        self._arrangement: Arrangement | None = None
        self._sorts: tuple[Sort, ...] = ()
        self._filter = ""
        self._find = ""
        self._places_found: Any = None  # numpy array of positions, None when not yet looked for
        self._steps = 0  # to go once the search has been answered
        self._numbers: dict[str, int] = {}
        self._pending: dict[str, str] = {}
        self._remark = ""
        self._pause: Timer | None = None
        self._typed: str | None = None  # a filter that is to be looked for after the pause

    @property
    def table(self) -> pa.Table | None:
        """The whole table, as it was given."""
        return self._table

    @property
    def time_zone(self) -> str:
        """The zone in which timestamps are shown."""
        return self._time_zone

    @property
    def is_busy(self) -> bool:
        """Whether a thread sorts, filters, searches or copies."""
        return bool(self._pending)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of `table` under the cursor; -1 where there is none."""
        column = self.body.column
        return self._row, -1 if column is None else column

    @property
    def _rows(self) -> Any:
        return None if self._arrangement is None else self._arrangement.rows

    @property
    def _row(self) -> int:
        texts = self.body.texts
        return texts.table_row(self.body.row) if texts is not None and texts.count else -1

    # The foot line
    @property
    def foot_line(self) -> str:
        """Where the cursor is and how much there is, one line, safe for a terminal."""
        table, body, texts = self._table, self.body, self.body.texts
        if table is None or texts is None:
            return ""
        more = " (more exist)" if self._truncated else ""
        if body.count:
            parts = [f"row {format_count(body.row + 1)} of {format_count(body.count)}"]
            parts[0] += more if self._rows is None else ""
        else:
            parts = ["no rows"]
        columns = len(body.columns.order)
        parts.append(f"{format_count(columns)} column{'' if columns == 1 else 's'}")
        if self._filter and self._arrangement is not None and self._arrangement.filter:
            total = format_count(table.num_rows)
            parts.append(f"filtered {format_count(body.count)} of {total}{more}")
        if body.columns.hidden:
            parts.append(f"{body.columns.hidden} hidden")
        if body.held is not None:
            positions, places = body.selection
            parts.append(f"{format_count(len(positions))}×{len(places)} selected")
        if (column := body.column) is not None:
            parts.append(f"{fit(texts.names[column], 30)} {fit(texts.types[column], 40)}".strip())
        parts += [f"{doing} …" for doing in self._pending.values()]
        if self._remark:
            parts.append(self._remark)
        return " · ".join(parts)

    def _tell(self) -> None:
        """The foot line follows what was done."""
        self._foot.update(Text(f" {self.foot_line}", no_wrap=True, overflow="ellipsis"))
        self.post_message(self.FootChanged(self))

    def _say(self, sentence: str) -> None:
        """A remark in the foot line, until the next thing is done."""
        self._remark = fit(sentence, 200)
        self._tell()

    def _tell_focus(self) -> None:
        """The cursor stands elsewhere."""
        self._remark = ""
        self._tell()

    # Threads
    def _ask_thread(
        self,
        work: str,
        doing: str,
        question: Callable[[Callable[[], bool]], Any],
        use: Callable[[Any], None],
    ) -> None:
        """Answer a question in a thread, and let `use` have the answer. `question` gets a function
        that says whether anybody still waits for it."""
        number = self._numbers.get(work, 0) + 1
        self._numbers[work] = number
        self._pending[work] = doing
        self._remark = ""
        self._tell()

        def is_current() -> bool:
            return self._numbers[work] == number and self.is_attached

        def answer() -> None:
            try:
                message = self.Answered(work, number, question(is_current), use)
            except InterruptedError:
                return
            except Exception as error:
                # A thread must not end the program; whatever it was is told in the foot line.
                message = self.Answered(work, number, None, use, sentence_of(error))
            if is_current():
                self.post_message(message)

        in_background(answer, work)

    def _forget(self, work: str) -> None:
        self._numbers[work] = self._numbers.get(work, 0) + 1
        self._pending.pop(work, None)

    def on_grid_frame_answered(self, event: Answered) -> None:
        """Use an answer, unless something else has been asked meanwhile."""
        event.stop()
        if self._numbers.get(event.work) != event.number:
            return
        self._pending.pop(event.work, None)
        if event.error is not None:
            self._steps = 0
            self._say(event.error)
        else:
            event.use(event.answer)
            self._tell()


def sentence_of(error: Exception) -> str:
    """What went wrong, in one safe line."""
    from lakeshell.errors import LakeshellError
    from lakeshell.render.safe_text import safe_text

    text = error.message if isinstance(error, LakeshellError) else f"{error}" or repr(error)
    return fit(safe_text(text), 200)
