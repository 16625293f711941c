"""Functions in Python that the catalog keeps: what they are, and where a statement calls them.

Spark's catalog keeps functions in SQL only. lakeshell keeps these in the home, and before a
statement that calls one is sent, Spark's session learns the function under a name of its own, which
takes the place of the user's. An argument is converted to the type of its parameter, as for every
function in SQL.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.dialect import Moves, edited
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.steps import Edit
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.lexer import Kind, Token, significant, tokenize
from lakeshell.sql.places import position_at

if TYPE_CHECKING:
    import pyarrow as pa

KIND = "python function"
"""The kind of these functions in the store; names have three parts."""
ORDERED = "ordered python function"
"""That of temporary ones, by their `registered` name, until a session has learnt them."""

Name = tuple[str, str, str]
_REGISTERED = re.compile(r"lakeshell_python_[0-9a-f]{24}")
_NO_CALLS = frozenset({"FUNCTION", "TABLE", "VIEW", "INTO", "EXISTS", "WITH", "AS"})


@dataclass(frozen=True)
class PythonFunction:
    """`parameters` are names and types in SQL, `body` the text between the dollar signs. One that
    is `hidden` has the name of a built-in function, which its bare name means."""

    parameters: tuple[tuple[str, str], ...]
    returns: str
    body: str
    comment: str = ""
    hidden: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> PythonFunction:
        """One that was put into the store with `fields`."""
        parameters = tuple((name, type_) for name, type_ in fields["parameters"])
        return cls(parameters, **{k: v for k, v in fields.items() if k != "parameters"})

    @property
    def fields(self) -> dict[str, Any]:
        """For the store."""
        return asdict(self)

    @property
    def registered(self) -> str:
        """The name by which Spark's session knows it; another body has another name."""
        whole = json.dumps(self.fields, sort_keys=True)
        return f"lakeshell_python_{hashlib.sha256(whole.encode()).hexdigest()[:24]}"


def compiled(function: PythonFunction) -> Callable[..., Any]:
    """The function itself. Raises StatementError when its body is no Python."""
    try:
        body = _statements(function.body)
        names = ", ".join(name for name, _ in function.parameters)
        module = ast.parse(f"def function({names}): pass", "<function>")
        (definition,) = module.body
        assert isinstance(definition, ast.FunctionDef)
        definition.body = body or definition.body
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(module, "<function>", "exec"), namespace)  # the user's own code
    except (SyntaxError, ValueError) as error:
        raise StatementError(f"The body of the function is no Python: {error}.") from error
    made: Callable[..., Any] = namespace["function"]
    return made


def _statements(body: str) -> list[ast.stmt]:
    """A body may be indented as a whole, and hold texts of several lines that are not."""
    lines = body.rstrip().split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    if not lines or not lines[0][0].isspace():
        return ast.parse("\n".join(lines), "<function>").body
    (block,) = ast.parse("\n".join(["if True:", *lines]), "<function>").body
    assert isinstance(block, ast.If)
    return block.body


@dataclass(frozen=True)
class Called:
    """A statement with the names under which Spark's session knows the functions."""

    text: str
    _moves: Moves
    _names: Mapping[str, str]

    def shown(self, text: str) -> str:
        """`text` with the user's names."""
        return re.sub("|".join(self._names), lambda found: self._names[found[0]], text)

    def headings(self, table: pa.Table) -> pa.Table:
        """With the user's names in the names that Spark gives to columns."""
        return table.rename_columns([self.shown(name) for name in table.column_names])

    def origin(self, offset: int) -> int:
        """The offset in the user's statement of one in `text`."""
        return self._moves.origin(offset)


class PythonFunctions:
    """Those of a home, for one session. `current` tells its catalog and schema, `define` makes a
    function known to Spark's session under `registered`; it is asked once for each."""

    def __init__(
        self,
        home: Home,
        current: Callable[[], tuple[str, str]],
        define: Callable[[PythonFunction], None],
    ) -> None:
        self._home = home
        self._current = current
        self._define = define
        self._defined: set[str] = set()
        self._seen: tuple[int, int] | None = None  # the store's file when it was read
        self._kept: dict[tuple[str, ...], PythonFunction] = {}

    def forget(self) -> None:
        """Spark's session is another one now."""
        self._defined.clear()

    def called(self, text: str) -> Called | None:
        """The statement as Spark gets it; None when it calls none of these functions."""
        for ordered in _REGISTERED.findall(text):
            self._take_order(ordered)
        functions = self._functions()
        if not functions:
            return None
        last = {name[-1] for name in functions}
        tokens = significant(tokenize(text))
        edits: list[Edit] = []
        names: dict[str, str] = {}
        for first, behind, parts in _calls(tokens):
            if parts[-1] not in last:
                continue
            function = functions.get(self._full(parts))
            if function is not None and not (function.hidden and len(parts) == 1):
                self._make_known(function)
                names[function.registered] = parts[-1]
                edits += _call(text, tokens, first, behind, function)
        if not edits:
            return None
        edits.sort(key=lambda edit: edit.start)
        return Called(edited(text, edits), Moves(edits), names)

    def _take_order(self, registered: str) -> None:
        fields = Store(self._home).get(ORDERED, (registered,))
        if fields is not None and registered not in self._defined:
            self._define(PythonFunction.of(fields))
            self._defined.add(registered)

    def _make_known(self, function: PythonFunction) -> None:
        if function.registered in self._defined:
            return
        if not self._home.trusted:  # it is a program, like a plugin
            raise StatementError(
                "This lakehouse was found in a project folder: its functions in Python are not run "
                "before you trust it.",
                hint="`lakeshell init` in that folder does.",
            )
        self._define(function)
        self._defined.add(function.registered)

    def _functions(self) -> dict[tuple[str, ...], PythonFunction]:
        """All of the home; the store is read when its file has changed."""
        try:
            stat = self._home.objects_db.stat()
        except FileNotFoundError:
            return {}
        if self._seen != (stat.st_mtime_ns, stat.st_size):
            found = Store(self._home).all(KIND)
            self._kept = {name: PythonFunction.of(fields) for name, fields in found}
            self._seen = stat.st_mtime_ns, stat.st_size
        return self._kept

    def _full(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        if len(parts) < 3:
            catalog, schema = (name.lower() for name in self._current())
            parts = (catalog, schema, *parts) if len(parts) == 1 else (catalog, *parts)
        return (canonical(parts[0]), *parts[1:])


def _calls(tokens: Sequence[Token]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where the name of a called function begins, the place behind it, and its parts."""
    for at, token in enumerate(tokens[:-1]):
        if token.kind not in (Kind.WORD, Kind.IDENTIFIER) or tokens[at + 1].text != "(":
            continue
        first = at
        while (
            first >= 2
            and tokens[first - 1].text == "."
            and (tokens[first - 2].kind in (Kind.WORD, Kind.IDENTIFIER))
        ):
            first -= 2
        if first == 0 or tokens[first - 1].word not in _NO_CALLS:
            yield first, at + 1, tuple(_part(tokens[place]) for place in range(first, at + 1, 2))


def _part(token: Token) -> str:
    text = token.text[1:-1].replace("``", "`") if token.kind is Kind.IDENTIFIER else token.text
    return text.lower()


def _call(
    text: str, tokens: Sequence[Token], first: int, behind: int, function: PythonFunction
) -> Iterator[Edit]:
    arguments = list(_arguments(tokens, behind))
    if len(arguments) != len(function.parameters):
        error = StatementError(
            f"The function takes {len(function.parameters)} arguments, not {len(arguments)}.",
            error_class="WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            position=position_at(text, tokens[first].start),
        )
        error.sqlstate = "42605"
        raise error
    yield Edit(tokens[first].start, tokens[behind - 1].end, function.registered)
    for (start, end), (_, type_) in zip(arguments, function.parameters, strict=True):
        yield Edit(start, start, "CAST(")
        yield Edit(end, end, f" AS {type_})")


def _arguments(tokens: Sequence[Token], opened: int) -> Iterator[tuple[int, int]]:
    """The arguments of a call whose parenthesis opens at a place, from where to where each."""
    depth, begin = 1, opened + 1
    for at in range(opened + 1, len(tokens)):
        text = tokens[at].text
        depth -= text in (")", "]")
        if (text == "," and depth == 1) or depth == 0:
            if at > begin:
                yield tokens[begin].start, tokens[at - 1].end
            begin = at + 1
        if depth == 0:
            return
        depth += text in ("(", "[")
