"""col:path.to[0].field on a STRING that holds JSON; on a VARIANT Spark knows it itself.

Which of them a column is, only Spark's analyzer knows: it is asked first, and what it refuses is
rewritten (`repair`). `[*]`, which Spark's parser does not know, is rewritten at once.

On a STRING names match whatever their case, those in brackets and quotes only as they are written
(Databricks' page on the `:` operator). get_json_object knows names as they are written; a row in
which it finds none is searched once more, for a key that differs in its case only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Union

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import string_value
from lakeshell.dialect.select_items import Item, items, wants_alias
from lakeshell.dialect.steps import Edit, Rewrite
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import quote_identifier, quote_string

_PATH = "column:path"
CONSTRUCTS = (
    handled(
        _PATH,
        "on a STRING read with get_json_object, names in any case; on a VARIANT by Spark.",
        "SELECT raw:items[*].id FROM events",
    ),
)
_STAR = "*"
_GIVEN = "\0"  # where the value stands that a path is taken from
# Words before a parenthesis that do not call a function.
_NO_FUNCTIONS = frozenset(
    ("SELECT", "DISTINCT", "ALL", "WHERE", "HAVING", "ON", "AND", "OR", "NOT", "IN", "BY", "WHEN",
     "THEN", "ELSE", "CASE", "BETWEEN", "LIKE", "RLIKE", "SET", "VALUES", "RETURN", "AS", "FROM")
)  # fmt: skip


@dataclass(frozen=True)
class _Field:
    """A step to a field of an object; `is_exact`: in the case in which it is written."""

    name: str
    is_exact: bool = False


_Step = Union[_Field, int, str]
"""A field, an index, or `*` for all elements."""


@dataclass(frozen=True)
class _Path:
    """An extraction: what it is taken from begins at `start`, the path stands from `colon` to
    `end`. In `a:b:c` there are two paths, each of several steps; `column` is `a` where that is a
    plain name."""

    start: int
    colon: int
    end: int
    paths: tuple[tuple[_Step, ...], ...]
    column: str = ""

    @property
    def has_star(self) -> bool:
        """Whether it is of all elements of an array."""
        return any(_STAR in path for path in self.paths)

    def edits(self) -> list[Edit]:
        """The extraction by functions of Spark."""
        before = behind = ""
        if self.has_star:
            before, behind = _of_all_elements(
                [step for path in self.paths for step in path], self.column
            )
        else:
            for number, path in enumerate(self.paths):
                outer, after = _of_one(path, "" if number else self.column)
                before, behind = outer + before, behind + after
        return [Edit(self.start, self.start, before), Edit(self.colon, self.end, behind)]


def parts(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """Those whose path has `[*]`."""
    return _rewritten(text, tokens, [path for path in _paths(text, tokens) if path.has_star])


def repair(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """All of them: Spark says that one is taken from no VARIANT."""
    return _rewritten(text, tokens, list(_paths(text, tokens)))


def _rewritten(text: str, tokens: Sequence[Token], paths: Sequence[_Path]) -> list[Rewrite]:
    edits = [edit for path in paths for edit in path.edits()]
    return [Rewrite(_PATH, [*edits, *_named(text, tokens, paths)])] if paths else []


def _written(steps: Sequence[_Step]) -> str:
    """`$.a['b c'][0]`."""
    return "$" + "".join(map(_written_step, steps))


def _written_step(step: _Step) -> str:
    if not isinstance(step, _Field):
        return f"[{step}]"
    return f".{step.name}" if step.name.replace("_", "a").isalnum() else f"['{step.name}']"


def _of_one(path: Sequence[_Step], column: str) -> tuple[str, str]:
    """What stands before and behind the value; `column` is the value where it is a plain name."""
    exact = quote_string(_written(path))
    if not _has_cases(path):
        return "get_json_object(", f", {exact})"
    if column:
        found = f"get_json_object({column}, {_in_any_case(path, column)})"
        return "coalesce(get_json_object(", f", {exact}), {found})"
    value = "`:value`"  # an expression stands, and runs, once
    found = f"get_json_object({value}, {_in_any_case(path, value)})"
    return (
        "get(transform(array(",
        f"), {value} -> coalesce(get_json_object({value}, {exact}), {found})), 0)",
    )


def _has_cases(path: Sequence[_Step]) -> bool:
    """Whether a name of it may be written in another case than the data's."""
    return any(
        isinstance(s, _Field) and not s.is_exact and s.name.lower() != s.name.upper() for s in path
    )


def _in_any_case(path: Sequence[_Step], value: str) -> str:
    """The path with the names that the value has: an expression; null where it has none."""
    steps = ", ".join(
        quote_string(
            f".{step.name.lower()}" if isinstance(step, _Field) and not step.is_exact
            else f"['{step.name}']" if isinstance(step, _Field) else f"[{step}]"
        )
        for step in path
    )  # fmt: skip
    keys = f"json_object_keys(get_json_object({value}, `:path`))"
    key = f"get(filter({keys}, `:key` -> lower(`:key`) = substr(`:step`, 2)), 0)"
    return (
        f"aggregate(array({steps}), '$', (`:path`, `:step`) -> CASE WHEN `:step` LIKE '[%' "
        f"THEN concat(`:path`, `:step`) ELSE concat(`:path`, '[\\'', {key}, '\\']') END)"
    )


def _of_all_elements(steps: Sequence[_Step], column: str) -> tuple[str, str]:
    """What stands before and behind the column. Elements without the field give null, as on
    Databricks, where get_json_object would leave them out."""
    groups: list[list[_Step]] = [[]]
    for step in steps:
        if step == _STAR:
            groups.append([])
        else:
            groups[-1].append(step)
    is_wrapped = not column and any(map(_has_cases, groups))  # an expression stands, and runs, once
    given = "`:value`" if is_wrapped else _GIVEN
    document = f"CAST({given} AS STRING)"
    found = _part(f"try_parse_json({document})", document, groups[0], "array<variant>", given)
    for group in groups[1:-1]:
        inner = _part("x", "to_json(x)", group, "array<variant>", given)
        found = f"flatten(transform({found}, x -> coalesce({inner}, array())))"
    if groups[-1]:
        found = f"transform({found}, x -> {_part('x', 'to_json(x)', groups[-1], 'variant', given)})"
    if is_wrapped:
        found = f"get(transform(array({_GIVEN}), `:value` -> to_json({found})), 0)"
    else:
        found = f"to_json({found})"
    before, _, behind = found.partition(_GIVEN)
    return before, behind.replace(_GIVEN, column)


def _part(variant: str, text: str, path: Sequence[_Step], kind: str, given: str) -> str:
    """What a path finds in a variant, whose JSON is `text`: in the case as written, and if that is
    not there and `given`, from which the variant was made, is none itself, in any other."""
    exact = f"try_variant_get({variant}, {quote_string(_written(path))}, '{kind}')"
    if not _has_cases(path):
        return exact
    # get_json_object keeps the quotes of a text that it finds in an array.
    place = f"concat('$[*]', substr({_in_any_case(path, text)}, 2))"
    found = f"try_parse_json(get_json_object(concat('[', {text}, ']'), {place}))"
    if kind != "variant":
        found = f"try_variant_get({found}, '$', '{kind}')"
    return f"coalesce({exact}, if(typeof({given}) = 'variant', null, {found}))"


def _paths(text: str, tokens: Sequence[Token]) -> Iterator[_Path]:
    types = set(_inside_types(tokens))
    read = 0  # tokens that a path has taken
    for at, token in enumerate(tokens[1:-1], 1):
        if at < read or token.text != ":" or at in types or not _ends_value(tokens[at - 1]):
            continue
        paths, end = _chained(tokens, at)
        if paths:
            read = end
            begin = _begin(tokens, at - 1)
            plain = all(_is_name(t) or t.text == "." for t in tokens[begin:at])
            yield _Path(
                tokens[begin].start, token.start, tokens[end - 1].end, paths,
                text[tokens[begin].start : tokens[at - 1].end] if plain else "",
            )  # fmt: skip


def _chained(tokens: Sequence[Token], at: int) -> tuple[tuple[tuple[_Step, ...], ...], int]:
    """The paths that begin with colons, the first at a place; and the place behind them."""
    paths: list[tuple[_Step, ...]] = []
    while at + 1 < len(tokens) and tokens[at].text == ":":
        steps, end = _steps(tokens, at + 1)
        if not steps:
            break
        paths.append(tuple(steps))
        at = end
    return tuple(paths), at


def _named(text: str, tokens: Sequence[Token], paths: Sequence[_Path]) -> Iterator[Edit]:
    """Names for the columns with a path that have none: its field's, else as they are written."""
    left = list(paths)
    for item in items(tokens):  # inner ones first
        start, end = tokens[item.start].start, tokens[item.end - 1].end
        inside = [path for path in left if start <= path.start and path.end <= end]
        left = [path for path in left if path not in inside]
        if not inside or not wants_alias(tokens, item):
            continue
        whole = next((p for p in inside if p.start == start
                      and _is_converted(tokens, item, p.end)), None)  # fmt: skip
        last = _Field(" ".join(text[start:end].split())) if whole is None else whole.paths[-1][-1]
        if isinstance(last, _Field):
            yield Edit(end, end, f" AS {quote_identifier(last.name)}")


def _is_converted(tokens: Sequence[Token], item: Item, behind: int) -> bool:
    """Whether nothing, or nothing but `::type`, follows in a column."""
    rest = [token for token in tokens[item.start : item.end] if token.start >= behind]
    while len(rest) > 1 and rest[0].text == "::":
        depth, at = 0, 2
        while at < len(rest) and (depth or rest[at].text in ("(", "<")):
            depth += (rest[at].text in ("(", "<")) - (rest[at].text in (")", ">"))
            at += 1
        rest = rest[at:]
    return not rest


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
    return _is_name(token) or token.text in (")", "]")


def _is_name(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.IDENTIFIER)


def _steps(tokens: Sequence[Token], at: int) -> tuple[list[_Step], int]:
    """The steps of the path that begins at a place, and the place behind it."""
    steps: list[_Step] = []
    if _is_name(tokens[at]):
        steps.append(_name(tokens[at]))
        at += 1
    while at + 1 < len(tokens):
        following = tokens[at + 1]
        if tokens[at].text == "." and steps and _is_name(following):
            steps.append(_name(following))
            at += 2
        elif tokens[at].text == "[" and at + 2 < len(tokens) and tokens[at + 2].text == "]":
            if following.kind is Kind.STRING:
                steps.append(_Field(string_value(following), is_exact=True))
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


def _name(token: Token) -> _Field:
    if token.kind is Kind.IDENTIFIER:
        return _Field(token.text[1:-1].replace("``", "`"))
    return _Field(token.text)


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
