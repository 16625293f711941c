"""From what a person writes to what Spark is given, and from its answers back.

Three steps change a statement: calls of functions in Python, the dialect, names of three levels.
Each knows the way back of every place in its text, and of the names it has put in.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lakeshell.dialect.after import after_statement
from lakeshell.dialect.before import around_statement
from lakeshell.dialect.dialect import Dialect, Plan
from lakeshell.dialect.names.names import Named, Names
from lakeshell.dialect.python_functions import PythonFunctions
from lakeshell.dialect.views.protected import refuse_writes
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.lake_paths import LakePaths
from lakeshell.session.result import Notice, Sink
from lakeshell.sql.places import offset_at, position_at

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.dialect.steps import Action

Rows = Callable[[str], Sequence[Mapping[str, Any]]]


class Step(Protocol):
    """A change of a text that knows the way back."""

    def origin(self, offset: int) -> int:
        """The offset in the text before of one in the text after."""


def place_back(error: StatementError, sent: str, given: str, steps: Sequence[Step]) -> None:
    """Put the place that an error has in `sent` where it is in `given`; the last step first."""
    if error.position is not None:
        offset = offset_at(sent, error.position)
        for step in steps:
            offset = step.origin(offset)
        error.position = position_at(given, offset)


class Translator:
    """The translator of one session on one home. `rows` asks that session."""

    def __init__(self, home: Home, functions: PythonFunctions, names: Names, rows: Rows) -> None:
        self.home = home
        self.functions = functions
        self.names = names
        self.rows = rows
        self.dialect = Dialect()
        self.paths = LakePaths(home)

    def statement(self, text: str) -> Translated:
        """What becomes of a statement. Raises StatementError for one that is refused here."""
        return Translated(self, text)

    def reword(self, error: StatementError) -> None:
        """Put the user's own paths and names into what Spark says."""
        show = self.names.shown.text
        error.message = show(self.paths.text(error.message))
        error.detail = error.detail and show(error.detail)
        error.parameters = {key: show(value) for key, value in error.parameters.items()}


class Translated:
    """One statement: `sent` is what Spark is given, unless `action` is to be carried out instead.
    `notices` tell what is ignored of it."""

    def __init__(self, translator: Translator, given: str) -> None:
        self._translator = translator
        self._given = given
        self._called = translator.functions.called(given)
        text = given if self._called is None else self._called.text
        self._plan: Plan | None = translator.dialect.plan(text)
        self._named: Named | None = None
        self._said = text  # in Spark's words and the user's names
        if self.action is None:
            self._said = text if self._plan is None else self._plan.text
            refuse_writes(self._said, translator.home, translator.rows)
            self._named = translator.names.named(self._said)
        self.sent = self._said if self._named is None else self._named.text

    @property
    def action(self) -> Action | None:
        """What lakeshell carries out itself."""
        return None if self._plan is None else self._plan.action

    @property
    def user_text(self) -> str:
        """The statement as it was given."""
        return self._given

    @property
    def notices(self) -> Sequence[str]:
        """What the person should know."""
        return () if self._plan is None else self._plan.notices

    @property
    def in_other_words(self) -> bool:
        """Whether the dialect gives Spark another statement than the user's."""
        return self._plan is not None

    def repaired(self, error: StatementError) -> Plan | None:
        """Other text for `sent`, which Spark's analyzer has refused; None when there is none."""
        return self._translator.dialect.repair(self.sent, error.message)

    def reword(self, error: StatementError) -> None:
        """Put the user's own paths, names and place into what Spark says of `sent`."""
        self._translator.reword(error)
        if self._called is not None:
            error.message = self._called.shown(error.message)
        if self.sent != self._given:
            steps = (self._named, self._plan, self._called)
            place_back(error, self.sent, self._given, [step for step in steps if step is not None])

    @contextlib.contextmanager
    def around(self, sink: Sink | None) -> Iterator[None]:
        """It is sent in here: what it drops is kept."""

        def tell(text: str) -> None:
            if sink is not None:
                sink(Notice(text, "warning"))

        translator = self._translator
        with around_statement(self._said, translator.home, translator.rows, tell):
            yield

    def done(self) -> None:
        """It has been carried out: let what is kept of objects follow."""
        if self._named is not None and self._named.done is not None:
            self._named.done()
        after_statement(self._said, self._translator.home, self._translator.rows)

    def shown(self, table: pa.Table, *, metadata: bool) -> pa.Table:
        """Its rows with the user's names in the headings and, where they describe objects, in the
        values; with the user's paths everywhere."""
        shown = self._translator.names.shown
        if self._named is not None:
            table = self._named.listed(table)
        table = shown.headings(table)
        if self._called is not None:
            table = self._called.headings(table)
        if metadata:
            table = shown.table(table)
        return self._translator.paths.table(table)
