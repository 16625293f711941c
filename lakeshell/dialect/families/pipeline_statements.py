"""Statements that define a pipeline: outside one they are refused, by name."""

from __future__ import annotations

from lakeshell.dialect.ledger import unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Refusal, Step
from lakeshell.sql.lexer import Token

_LIVE = "LIVE TABLE, LIVE VIEW"
_PRIVATE = "CREATE PRIVATE|TEMPORARY MATERIALIZED VIEW"
_PRIVATE_TABLE = "CREATE PRIVATE STREAMING TABLE"
_FLOW = "CREATE FLOW"
_CHANGES = "APPLY CHANGES INTO, AUTO CDC INTO"
EXPECT = "CONSTRAINT … EXPECT"
_WHY = "it belongs to a pipeline, and lakeshell does not run pipelines yet."

CONSTRUCTS = (
    unsupported(_LIVE, _WHY, "CREATE OR REFRESH STREAMING LIVE TABLE raw AS SELECT 1"),
    unsupported(_PRIVATE, _WHY, "CREATE PRIVATE MATERIALIZED VIEW daily AS SELECT 1"),
    unsupported(_PRIVATE_TABLE, _WHY, "CREATE PRIVATE STREAMING TABLE raw AS SELECT 1"),
    unsupported(_FLOW, _WHY,
                "CREATE FLOW f AS INSERT INTO raw BY NAME SELECT * FROM STREAM landing"),
    unsupported(_CHANGES, _WHY,
                "APPLY CHANGES INTO live.t FROM STREAM(live.s) KEYS (id) SEQUENCE BY ts"),
    unsupported(EXPECT, _WHY,
                "CREATE MATERIALIZED VIEW v (CONSTRAINT ok EXPECT (a > 0)) AS SELECT 1 AS a"),
)  # fmt: skip

_OLD = ("LIVE", "STREAMING", "INCREMENTAL")


def whole(reader: Reader) -> Step | None:
    """A statement of a pipeline's source."""
    if reader.words("APPLY", "CHANGES", "INTO") or reader.words("AUTO", "CDC", "INTO"):
        return Refusal(_CHANGES)
    return _create(reader) if reader.words("CREATE") else None


def _create(reader: Reader) -> Step | None:
    if reader.words("OR"):
        reader.one_of("REFRESH", "REPLACE")
    is_private = bool(reader.one_of("PRIVATE", "TEMPORARY", "TEMP"))
    if reader.words("FLOW"):
        return Refusal(_FLOW)
    if is_private and reader.words("STREAMING", "TABLE"):
        return Refusal(_PRIVATE_TABLE)
    if reader.words("MATERIALIZED", "VIEW"):
        if is_private:
            return Refusal(_PRIVATE)
        return Refusal(EXPECT) if expects(reader) else None
    old: list[str] = []
    while word := reader.one_of(*_OLD):
        old.append(word)
    object_ = reader.one_of("TABLE", "VIEW")
    if "LIVE" in old and object_:
        return Refusal(_LIVE)
    if old or not object_:
        return None
    return Refusal(EXPECT) if expects(reader) else None


def expects(reader: Reader) -> bool:
    """Whether `CONSTRAINT name EXPECT` stands among the columns."""
    tokens: list[Token] = reader.tokens[reader.at :]
    for at, token in enumerate(tokens[:-3]):
        if token.word == "AS":
            return False  # the query begins
        if token.word == "CONSTRAINT" and tokens[at + 2].word == "EXPECT":
            return tokens[at + 3].text == "("
    return False
