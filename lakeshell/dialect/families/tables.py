"""Clauses of tables: versions written `t@v1`, and layouts that nobody keeps on one machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lakeshell.dialect.ledger import handled, ignored
from lakeshell.dialect.steps import Edit, Rewrite
from lakeshell.sql.lexer import Kind, Token

_AT = "t@v1, t@yyyyMMddHHmmssSSS"
_AUTO = "CLUSTER BY AUTO"
_CREDENTIAL = "LOCATION … WITH (CREDENTIAL …)"
_BUCKETS = "CLUSTERED BY … INTO n BUCKETS"

CONSTRUCTS = (
    handled(_AT, "read as VERSION AS OF and TIMESTAMP AS OF.", "SELECT * FROM sales@v3"),
    ignored(
        _AUTO,
        "nobody chooses clustering columns here; name them, or OPTIMIZE … ZORDER BY.",
        "CREATE TABLE sales (id INT) CLUSTER BY AUTO",
    ),
    ignored(
        _BUCKETS,
        "Delta tables have no buckets; the table is made without them.",
        "CREATE TABLE sales (id INT) CLUSTERED BY (id) INTO 8 BUCKETS",
    ),
    ignored(
        _CREDENTIAL,
        "cloud storage is not reached, so there is nothing to log in to.",
        "CREATE TABLE sales (id INT) LOCATION 's3://bucket/sales' WITH (CREDENTIAL c)",
    ),
)
_WHAT = {construct.name: construct.what for construct in CONSTRUCTS}
_VERSION = re.compile(r"[vV](\d+)\Z")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})\Z")
_DEFINES = frozenset({"CREATE", "REPLACE"})


def parts(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """Those that stand in the statement."""
    yield from _versions(tokens)
    if tokens[0].word in _DEFINES and any(token.word == "TABLE" for token in tokens[1:4]):
        yield from _auto(tokens)
        yield from _credential(tokens)
        if not _uses_another_format(tokens):
            yield from _buckets(tokens)
    elif tokens[0].word == "ALTER" and [t.word for t in tokens[-3:]] == ["CLUSTER", "BY", "AUTO"]:
        setting = "SET TBLPROPERTIES ('clusterByAuto' = 'true')"
        edit = Edit(tokens[-3].start, tokens[-1].end, setting)
        yield Rewrite(_AUTO, [edit], [_notice(_AUTO)])


def _versions(tokens: Sequence[Token]) -> Iterator[Rewrite]:
    for at, token in enumerate(tokens[1:-1], 1):
        if token.text != "@" or tokens[at - 1].kind not in (Kind.WORD, Kind.IDENTIFIER):
            continue
        which = tokens[at + 1]
        version, moment = _VERSION.match(which.text), _MOMENT.match(which.text)
        if which.start != token.end:
            continue
        if version:
            clause = f" VERSION AS OF {version.group(1)}"
        elif moment:
            year, month, day, hour, minute, second, millis = moment.groups()
            stamp = f"{year}-{month}-{day} {hour}:{minute}:{second}.{millis}"
            clause = f" TIMESTAMP AS OF '{stamp}'"
        else:
            continue
        yield Rewrite(_AT, [Edit(token.start, which.end, clause)])


def _auto(tokens: Sequence[Token]) -> Iterator[Rewrite]:
    for at in range(len(tokens) - 2):
        if [token.word for token in tokens[at : at + 3]] == ["CLUSTER", "BY", "AUTO"]:
            yield Rewrite(_AUTO, [Edit(tokens[at].start, tokens[at + 2].end, "")], [_notice(_AUTO)])
            return
        if tokens[at].word == "AS":
            return  # the query has begun; there AUTO is a column


def _buckets(tokens: Sequence[Token]) -> Iterator[Rewrite]:
    words = [token.word for token in tokens]
    for at in range(len(tokens) - 1):
        if words[at] == "AS":
            return
        if words[at : at + 2] == ["CLUSTERED", "BY"] and "BUCKETS" in words[at:]:
            end = words.index("BUCKETS", at)
            yield Rewrite(_BUCKETS, [Edit(tokens[at].start, tokens[end].end, "")],
                          [_notice(_BUCKETS)])  # fmt: skip
            return


def _credential(tokens: Sequence[Token]) -> Iterator[Rewrite]:
    words = [token.word or token.text for token in tokens]
    if "LOCATION" not in words:
        return
    at = words.index("LOCATION") + 2
    inside = at + 3 if words[at + 2 : at + 3] == ["STORAGE"] else at + 2
    if words[at : at + 2] == ["WITH", "("] and words[inside : inside + 1] == ["CREDENTIAL"]:
        end = tokens[inside + 2 : inside + 3]
        if end and end[0].text == ")":
            yield Rewrite(_CREDENTIAL, [Edit(tokens[at].start, end[0].end, "")],
                          [_notice(_CREDENTIAL)])  # fmt: skip


def _uses_another_format(tokens: Sequence[Token]) -> bool:
    words = [token.word for token in tokens]
    if "USING" not in words:
        return False
    at = words.index("USING")
    return at + 1 < len(words) and words[at + 1] != "DELTA"


def _notice(construct: str) -> str:
    return f"{construct} is ignored: {_WHAT[construct]}"
