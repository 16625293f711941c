"""Asked about every statement: does Spark get it as it is, get other text, or not get it at all?"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lakeshell.dialect.families import FAMILIES, Family
from lakeshell.dialect.ledger import Construct
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Edit, Refusal, Rewrite
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind, Token, significant, tokenize

UNSUPPORTED = "UNSUPPORTED_FEATURE.DATABRICKS"
"""The error class of a statement whose construct the ledger calls unsupported."""


@dataclass(frozen=True)
class Plan:
    """What to do with a statement that Spark does not understand as it is.

    With `action`, that is carried out; else Spark gets `text`. `constructs` are the names of what
    was found, `notices` what the person should know.
    """

    text: str
    constructs: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    action: Action | None = None
    _moves: tuple[Moves, ...] = field(default=(), repr=False)

    def origin(self, offset: int) -> int:
        """The offset in the user's statement of one in `text`."""
        for moves in reversed(self._moves):
            offset = moves.origin(offset)
        return offset


class Dialect:
    """All families, or those given."""

    def __init__(self, families: Sequence[Family] = FAMILIES) -> None:
        self._families = families

    def plan(self, text: str) -> Plan | None:
        """What to do with a statement; None: Spark gets it as it is.

        Raises StatementError for a construct that is written wrongly, and for one that is not
        supported.
        """
        tokens = _tokens(text)
        plan = self._whole(text, tokens)
        if plan is not None and plan.action is not None:
            return plan
        if plan is not None:
            tokens = _tokens(plan.text)
        return self._parts(plan, text, tokens)

    def repair(self, text: str, message: str) -> Plan | None:
        """Other text for a statement that Spark's analyzer has refused; None when there is none.

        A script may have run in part before it was refused, and is not run again.
        """
        tokens = _tokens(text)
        if not tokens or tokens[0].word == "BEGIN" or tokens[0].text.endswith(":"):
            return None
        for family in self._families:
            if family.refusal and family.refusal in message:
                rewrites = list(family.repair(text, tokens))
                return _rewritten(None, text, rewrites) if rewrites else None
        return None

    def ledger(self) -> list[Construct]:
        """Every construct of every family, in their order."""
        return [construct for family in self._families for construct in family.constructs]

    def _whole(self, text: str, tokens: Sequence[Token]) -> Plan | None:
        for family in self._families:
            if not family.may_begin(tokens):
                continue
            step = family.whole(Reader(text, tokens))
            if isinstance(step, Refusal):
                raise self._refused(step.construct)
            if isinstance(step, Action):
                return Plan(text, (step.construct,), action=step)
            if step is not None:
                return _rewritten(None, text, [step])
        return None

    def _parts(self, plan: Plan | None, text: str, tokens: Sequence[Token]) -> Plan | None:
        marks = {token.word or token.text for token in tokens}
        for family in self._families:
            if marks & family.marks:
                current = plan.text if plan is not None else text
                rewrites = list(family.parts(current, tokens))
                if rewrites:
                    plan = _rewritten(plan, text, rewrites)
                    tokens = _tokens(plan.text)
        return plan

    def _refused(self, name: str) -> StatementError:
        construct = next(c for c in self.ledger() if c.name == name)
        return StatementError(
            f"{name}: {construct.what}",
            error_class=UNSUPPORTED,
            hint="`lakeshell check FILE` lists everything in a file that does not run here.",
        )


class Moves:
    """Where the pieces of an edited text come from."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._starts: list[int] = []  # in the edited text: of each edit, and of what follows it
        self._origins: list[int] = []
        self._is_new: list[bool] = []
        at = shift = 0
        for edit in edits:
            at = edit.start + shift
            self._starts += [at, at + len(edit.text)]
            self._origins += [edit.start, edit.end]
            self._is_new += [True, False]
            shift += len(edit.text) - (edit.end - edit.start)

    def origin(self, offset: int) -> int:
        """The offset before the edits; of what an edit has put in, where it stands."""
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        if self._is_new[index]:
            return self._origins[index]
        return self._origins[index] + offset - self._starts[index]


def _tokens(text: str) -> list[Token]:
    tokens = significant(tokenize(text))
    while tokens and tokens[-1].kind is Kind.SEMICOLON:
        tokens.pop()
    return tokens


def _rewritten(plan: Plan | None, text: str, rewrites: Iterable[Rewrite]) -> Plan:
    before = plan if plan is not None else Plan(text)
    rewrites = list(rewrites)
    edits = sorted((e for rewrite in rewrites for e in rewrite.edits), key=lambda e: e.start)
    new = edited(before.text, edits)
    return Plan(
        new,
        _added(before.constructs, (rewrite.construct for rewrite in rewrites)),
        _added(before.notices, (notice for rewrite in rewrites for notice in rewrite.notices)),
        None,
        (*before._moves, Moves(edits)),
    )


def edited(text: str, edits: Sequence[Edit]) -> str:
    """`text` with `edits`, which are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        assert edit.start >= at, "two constructs claim the same words"
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _added(known: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *new)))
