"""What notebooks for Databricks contain is accepted, construct by construct, and what Spark
understands reaches it byte for byte."""

from __future__ import annotations

import re
from pathlib import Path

from lakeshell.dialect.check import NATIVE, Verdict, check_source
from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.ledger import Fate
from lakeshell.session.session import Session

CORPUS = (Path(__file__).parent / "corpus.sql").read_text(encoding="utf-8")


def checked(session: Session) -> list[tuple[str, Verdict]]:
    """The construct that each statement is to show, and what `check` says of it."""

    def parse(texts: object) -> list[str | None]:
        assert isinstance(texts, list)
        return [None if a is None else str(a["message"]) for a in session.control.parse(texts)]

    construct = {}
    for number, line in enumerate(CORPUS.split("\n"), 1):
        if found := re.match("-- construct: (.*)", line):
            name = found.group(1)
        elif line and not line.startswith("--"):
            construct[number] = name
    verdicts = check_source(CORPUS, "sql", parse)
    return [(construct[verdict.position.line], verdict) for verdict in verdicts]


def test_every_statement_of_the_corpus_is_accepted_as_what_it_is(session: Session) -> None:
    found = checked(session)
    assert len(found) > 100
    refused = [v.text + ": " + v.note for _, v in found if v.fate == Fate.UNSUPPORTED.value]
    assert refused == []
    for construct, verdict in found:
        if construct == NATIVE:
            assert verdict.fate == NATIVE, verdict
            assert Dialect().plan(verdict.text) is None
        else:
            assert construct in verdict.constructs, verdict
