"""col:path.to[0].field on a STRING that holds JSON; on a VARIANT Spark knows it itself.

Which of them a column is, only Spark's analyzer knows: it is asked first, and what it refuses is
rewritten (`repair`). `[*]`, which Spark's parser does not know, is rewritten at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import string_value
from lakeshell.dialect.steps import Edit, Rewrite
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import quote_identifier, quote_string

_PATH = "column:path"
CONSTRUCTS = (
    handled(
        _PATH,
        "on a STRING read with get_json_object, names in their own case; on a VARIANT by Spark.",
        "SELECT raw:items[*].id FROM events",
    ),
)
_STAR = "*"
_SELECTING = frozenset({"SELECT", "DISTINCT", "ALL"})
_CLAUSES = frozenset(
    ("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE",
     "PARTITION", "LATERAL", "VALUES", "QUALIFY", "WINDOW", "SET", "ON", "USING", "BY")
)  # fmt: skip
# Words before a parenthesis that do not call a function.
_NO_FUNCTIONS = frozenset(
    ("SELECT", "DISTINCT", "ALL", "WHERE", "HAVING", "ON", "AND", "OR", "NOT", "IN", "BY", "WHEN",
     "THEN", "ELSE", "CASE", "BETWEEN", "LIKE", "RLIKE", "SET", "VALUES", "RETURN", "AS", "FROM")
)  # fmt: skip


@dataclass(frozen=True)
class _Path:
    """An extraction: what it is taken from begins at `start`, the path stands from `colon` to
    `end`. A step is a field's name, an index, or `*` for all elements. A column that is nothing
    but an extraction, perhaps converted, and ends at `column_end`, is called as its field is."""

    start: int
    colon: int
    end: int
    steps: tuple[str | int, ...]
    column_end: int | None = None

    @property
    def has_star(self) -> bool:
        """Whether it is of all elements of an array."""
        return _STAR in self.steps

    def edits(self) -> list[Edit]:
        """The extraction by functions of Spark."""
        if self.has_star:
            before, behind = _of_all_elements(self.steps)
        else:
            before, behind = "get_json_object(", f", {quote_string(_written(self.steps))})"
        edits = [Edit(self.start, self.start, before), Edit(self.colon, self.end, behind)]
        if self.column_end is not None:
            alias = f" AS {quote_identifier(str(self.steps[-1]))}"
            edits.append(Edit(self.column_end, self.column_end, alias))
        return edits


def parts(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """Those whose path has `[*]`."""
    return [Rewrite(_PATH, path.edits()) for path in _paths(tokens) if path.has_star]


def repair(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """All of them: Spark says that one is taken from no VARIANT."""
    return [Rewrite(_PATH, path.edits()) for path in _paths(tokens)]


def _written(steps: Sequence[str | int]) -> str:
    """`$.a['b c'][0]`."""
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int)
        else f".{step}" if step.replace("_", "a").isalnum()
        else f"['{step}']"
        for step in steps
    )  # fmt: skip


def _of_all_elements(steps: Sequence[str | int]) -> tuple[str, str]:
    """What stands before and behind the column. Elements without the field give null, as on
    Databricks, where get_json_object would leave them out."""
    groups: list[list[str | int]] = [[]]
    for step in steps:
        if step == _STAR:
            groups.append([])
        else:
            groups[-1].append(step)
    before = "try_variant_get(try_parse_json(CAST("
    behind = f" AS STRING)), {quote_string(_written(groups[0]))}, 'array<variant>')"
    for group in groups[1:-1]:
        inner = f"try_variant_get(x, {quote_string(_written(group))}, 'array<variant>')"
        before = "flatten(transform(" + before
        behind += f", x -> coalesce({inner}, array())))"
    if groups[-1]:
        last = f"try_variant_get(x, {quote_string(_written(groups[-1]))}, 'variant')"
        before = "transform(" + before
        behind += f", x -> {last})"
    return "to_json(" + before, behind + ")"


def _paths(tokens: Sequence[Token]) -> Iterator[_Path]:
    types = set(_inside_types(tokens))
    for at, token in enumerate(tokens[1:-1], 1):
        if token.text == ":" and at not in types and _ends_value(tokens[at - 1]):
            steps, end = _steps(tokens, at + 1)
            if steps:
                begin = _begin(tokens, at - 1)
                column_end = None
                if isinstance(steps[-1], str) and steps[-1] != _STAR:
                    column_end = _column_end(tokens, begin, end)
                yield _Path(tokens[begin].start, token.start, tokens[end - 1].end,
                            tuple(steps), column_end)  # fmt: skip


def _column_end(tokens: Sequence[Token], begin: int, end: int) -> int | None:
    """Where an alias belongs, if what stands between two places is a whole column without one."""
    if not _begins_column(tokens, begin):
        return None
    while end + 1 < len(tokens) and tokens[end].text == "::":
        end += 2  # the type, and what it has in brackets
        if end < len(tokens) and tokens[end].text in ("(", "<"):
            depth = 0
            while end < len(tokens):
                depth += (tokens[end].text in ("(", "<")) - (tokens[end].text in (")", ">"))
                end += 1
                if depth == 0:
                    break
    follows = tokens[end] if end < len(tokens) else None
    if follows is None or follows.text in (",", ")") or follows.word == "FROM":
        return tokens[end - 1].end
    return None


def _begins_column(tokens: Sequence[Token], at: int) -> bool:
    """Whether a column of a SELECT begins at a place."""
    if at == 0 or (tokens[at - 1].text != "," and tokens[at - 1].word not in _SELECTING):
        return False
    depth = 0
    for token in reversed(tokens[:at]):
        depth += (token.text in (")", "]")) - (token.text in ("(", "["))
        if depth < 0:
            return False  # an argument of a function
        if depth == 0 and token.word in _CLAUSES:
            return token.word == "SELECT"
    return False


def _inside_types(tokens: Sequence[Token]) -> Iterator[int]:
    """The places between the angle brackets of STRUCT<a: INT>, ARRAY<…> and MAP<…>."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.text == "<" and (depth or tokens[at - 1].word in ("STRUCT", "ARRAY", "MAP")):
            depth += 1
        elif depth and token.text == ">":
            depth -= 1
        elif depth:
            yield at


def _ends_value(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.IDENTIFIER) or token.text in (")", "]")


def _steps(tokens: Sequence[Token], at: int) -> tuple[list[str | int], int]:
    """The steps of the path that begins at a place, and the place behind it."""
    steps: list[str | int] = []
    if tokens[at].kind in (Kind.WORD, Kind.IDENTIFIER):
        steps.append(_name(tokens[at]))
        at += 1
    while at + 1 < len(tokens):
        following = tokens[at + 1]
        if tokens[at].text == "." and steps and following.kind in (Kind.WORD, Kind.IDENTIFIER):
            steps.append(_name(following))
            at += 2
        elif tokens[at].text == "[" and at + 2 < len(tokens) and tokens[at + 2].text == "]":
            if following.kind is Kind.STRING:
                steps.append(string_value(following))
            elif following.kind is Kind.NUMBER and following.text.isdigit():
                steps.append(int(following.text))
            elif following.text == _STAR:
                steps.append(_STAR)
            else:
                break
            at += 3
        else:
            break
    return steps, at


def _name(token: Token) -> str:
    if token.kind is Kind.IDENTIFIER:
        return token.text[1:-1].replace("``", "`")
    return token.text


def _begin(tokens: Sequence[Token], at: int) -> int:
    """Where the value begins whose last token stands at a place: a name of several parts, a call,
    an element, something in parentheses."""
    while True:
        if tokens[at].text in (")", "]"):
            closing = tokens[at].text
            at = _opening(tokens, at)
            before = tokens[at - 1] if at else None
            if before is None or not _ends_value(before):
                return at
            if closing == ")" and (before.word in _NO_FUNCTIONS or before.text in (")", "]")):
                return at
            at -= 1
        elif at >= 2 and tokens[at - 1].text == "." and _ends_value(tokens[at - 2]):
            at -= 2
        else:
            return at


def _opening(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, -1, -1):
        depth += (tokens[place].text in (")", "]")) - (tokens[place].text in ("(", "["))
        if depth == 0:
            return place
    return at
