"""`_metadata` of files that are read by a view or subquery, where it is a column like others."""

from __future__ import annotations

from collections.abc import Sequence

from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Edit
from lakeshell.dialect.streaming.calls import FileCall
from lakeshell.sql.lexer import Kind, Token

_HIDDEN = "_metadata"
_BEFORE_STAR = frozenset({"SELECT", "DISTINCT", "ALL"})


def without_metadata(tokens: Sequence[Token], call: FileCall) -> list[Edit]:
    """Edits by which `*` gives no `_metadata`: in Databricks it is hidden until it is named."""
    edits = []
    alias = _alias(tokens, call.behind)
    for at in _select_list(tokens, call.first):
        token = tokens[at]
        before = tokens[at - 1]
        if token.text != "*" or token.kind is not Kind.OPERATOR:
            continue
        if before.text == ".":
            qualifier = tokens[at - 2].text.strip("`").lower()
            if qualifier != alias:
                continue
        elif (
            before.word not in _BEFORE_STAR and before.text != "," and before.kind is not Kind.HINT
        ):
            continue
        if tokens[at + 1].word == "EXCEPT" and tokens[at + 2].text == "(":
            edits.append(Edit(tokens[at + 2].end, tokens[at + 2].end, f"{_HIDDEN}, "))
        else:
            edits.append(Edit(token.end, token.end, f" EXCEPT ({_HIDDEN})"))
    return edits


def _alias(tokens: Sequence[Token], behind: int) -> str:
    reader = Reader("", tokens)
    reader.at = behind
    reader.words("AS")
    return reader.next.text.strip("`").lower()


def _select_list(tokens: Sequence[Token], at: int) -> Sequence[int]:
    """The places of the tokens between the SELECT and the FROM that the token `at` belongs to,
    those in parentheses left out."""
    found: list[int] = []
    depth, behind_from = 0, False
    for place in range(at - 1, -1, -1):
        token = tokens[place]
        depth += (token.text == ")") - (token.text == "(")
        if depth < 0:
            return []
        if depth == 0 and token.word == "FROM":
            behind_from = True
        elif depth == 0 and token.word == "SELECT":
            return found
        elif depth == 0 and behind_from:
            found.append(place)
    return []
