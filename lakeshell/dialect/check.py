"""What would become of the statements of a file here, told without running them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.dialect.ledger import Construct, Fate
from lakeshell.errors import Position, StatementError
from lakeshell.sql.lexer import Kind, tokenize
from lakeshell.sql.statements import FOREIGN, Unit, split_source, split_statements

NATIVE = "native"
"""The fate of a statement that Spark understands as it is."""

Parse = Callable[[Sequence[str]], Sequence[str | None]]
"""Spark's parser: for each text why it is refused, None where it is not."""

_VALUE = "value_when_it_runs"  # stands for what an f-string puts in
_ORDER = (NATIVE, Fate.HANDLED.value, Fate.IGNORED.value, Fate.UNSUPPORTED.value)


@dataclass(frozen=True)
class Verdict:
    """`fate` is NATIVE or the value of a `Fate`. `constructs` names what Spark does not know in the
    statement; `note` says what is done, what is ignored, or why it cannot be done."""

    position: Position
    text: str
    fate: str
    constructs: tuple[str, ...] = ()
    note: str = ""


def check_source(source: str, language: str, parse: Parse) -> list[Verdict]:
    """A verdict on every SQL statement of a file, those in its `….sql("…")` calls included, and on
    every cell in a language that does not run here.

    Of a statement that an f-string puts together, a construct is told; of whether its other words
    are right nothing can be.
    """
    dialect = Dialect()
    ledger = {construct.name: construct for construct in dialect.ledger()}
    verdicts: list[Verdict] = []
    sent: dict[int, str] = {}  # what Spark's parser is asked about, by the verdict's place
    for text, position in _statements(source, language):
        command = _foreign(text)
        if command:
            note = f"{command} cells do not run here."
            verdicts.append(Verdict(position, text, Fate.UNSUPPORTED.value, (command,), note))
            continue
        verdict, for_spark = _first_look(_filled(text), position, dialect, ledger)
        if for_spark is not None:
            sent[len(verdicts)] = for_spark
        verdicts.append(replace(verdict, text=text))
    for place, problem in zip(sent, parse(list(sent.values())), strict=True):
        if problem is not None:
            verdicts[place] = replace(
                verdicts[place], fate=Fate.UNSUPPORTED.value, note=f"Spark's parser: {problem}"
            )
    return [verdict for verdict in verdicts if not _cannot_be_told(verdict)]


def _cannot_be_told(verdict: Verdict) -> bool:
    """Whether nothing but a value that is known when it runs may be what is wrong with it."""
    refused = verdict.fate == Fate.UNSUPPORTED.value and not verdict.constructs
    return refused and _VALUE in verdict.text


def _first_look(
    text: str, position: Position, dialect: Dialect, ledger: Mapping[str, Construct]
) -> tuple[Verdict, str | None]:
    """The verdict as far as the dialect knows, and the text that Spark's parser must accept."""
    try:
        plan = dialect.plan(text)
    except StatementError as error:
        construct = error.message.partition(":")[0] if error.error_class == UNSUPPORTED else ""
        names = (construct,) if construct else ()
        return Verdict(position, text, Fate.UNSUPPORTED.value, names, error.message), None
    if plan is None:
        return Verdict(position, text, NATIVE), text
    known = [ledger[name] for name in plan.constructs]
    fate = max((construct.fate.value for construct in known), key=_ORDER.index)
    note = " ".join(
        construct.what if len(known) == 1 else f"{construct.name}: {construct.what}"
        for construct in known
    )
    return Verdict(position, text, fate, plan.constructs, note), (
        None if plan.action is not None else plan.text
    )


def _statements(source: str, language: str) -> Iterator[tuple[str, Position]]:
    for unit in split_source(source, language):
        if unit.language == "python":
            yield from _of_python(unit)
        elif unit.language == "sql" or _foreign(unit.text):
            yield unit.text, unit.code_position


def _of_python(unit: Unit) -> Iterator[tuple[str, Position]]:
    """The literals that a cell gives to `….sql(…)`; in f-strings a name stands for each value."""
    try:
        tree = ast.parse(unit.text)
    except (SyntaxError, ValueError):
        return
    first = unit.position().line
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "sql":
            text = _literal(call.args[0])
            for statement in split_statements(text or ""):
                line = first + call.args[0].lineno - 1
                yield statement.text, Position(line, call.args[0].col_offset + 1)


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else _VALUE
            for part in node.values
        )
    return None


def _filled(text: str) -> str:
    """With a name in place of every `${name}`, whose value is not known."""
    if "${" not in text and "{{" not in text:
        return text
    return "".join(
        _stand_in(token.text) if token.kind is Kind.VARIABLE else token.text
        for token in tokenize(text)
    )


def _stand_in(marker: str) -> str:
    name = marker.strip("${}").strip()
    return "".join(c if c.isalnum() or c == "_" else "_" for c in name) or "x"


def _foreign(text: str) -> str:
    """The language of a cell that is none of ours."""
    if not text.startswith("%"):
        return ""
    return FOREIGN.get(text[1:].split(None, 1)[0].lower() if len(text) > 1 else "", "")
