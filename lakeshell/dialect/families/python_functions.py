"""CREATE FUNCTION … LANGUAGE PYTHON, and what drops and describes such a function."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from itertools import pairwise

from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.python_functions import KIND, ORDERED, Name, PythonFunction, compiled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind
from lakeshell.sql.names import display_name, quote_identifier, quote_name, quote_string

_PYTHON = "CREATE FUNCTION … LANGUAGE PYTHON"
_TEMPORARY = "CREATE TEMPORARY FUNCTION … LANGUAGE PYTHON"
_DROP = "DROP FUNCTION (in Python)"
_DESCRIBE = "DESCRIBE FUNCTION (in Python)"
_OTHER = "CREATE FUNCTION … RETURNS TABLE … LANGUAGE PYTHON"
CONSTRUCTS = (
    handled(
        _PYTHON, "kept by lakeshell; SHOW FUNCTIONS does not list it, and no view can call it.",
        "CREATE OR REPLACE FUNCTION twice(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return 2 * x $$",
    ),
    handled(_TEMPORARY, "known to the session, also in Python; DROP TEMPORARY FUNCTION ends it.",
            "CREATE TEMPORARY FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return x $$"),
    handled(_DROP, "forgotten, if it is one in Python; else Spark drops it.",
            "DROP FUNCTION IF EXISTS twice"),
    handled(_DESCRIBE, "its signature and its body.", "DESCRIBE FUNCTION EXTENDED twice"),
    unsupported(
        _OTHER, "in a Python cell, spark.udtf.register defines such a function.",
        "CREATE FUNCTION f(x INT) RETURNS TABLE (y INT) LANGUAGE PYTHON HANDLER 'F' AS $$ $$",
    ),
)  # fmt: skip
# True while a statement is not to be taken for one of this family once more.
_by_spark: ContextVar[bool] = ContextVar("by_spark", default=False)


def whole(reader: Reader) -> Step | None:
    """CREATE, DROP, DESCRIBE of a function; None where it is about one of Spark's only."""
    verb = reader.one_of("CREATE", "DROP", "DESCRIBE", "DESC")
    if verb == "CREATE":
        return _created(reader)
    if not reader.words("FUNCTION") or _by_spark.get():
        return None
    forgiving = reader.if_exists()
    if verb != "DROP":
        reader.words("EXTENDED")
    if reader.next.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return None
    name = reader.need_name()
    if not reader.is_over:
        return None
    if verb == "DROP":
        return Action(_DROP, partial(_of_ours, reader.text, name, _drop))
    return None if forgiving else Action(_DESCRIBE, partial(_of_ours, reader.text, name, _describe))


def _created(reader: Reader) -> Step | None:
    replaces = reader.words("OR", "REPLACE")
    temporary = reader.one_of("TEMPORARY", "TEMP")
    if not reader.words("FUNCTION"):
        return None
    words = [token.word for token in reader.tokens]
    if ("LANGUAGE", "PYTHON") not in pairwise(words):
        return None
    unless_exists = reader.if_not_exists()
    name = reader.need_name("the name of the function")
    parameters = tuple(_parameters(reader))
    reader.need_words("RETURNS")
    if reader.next.word == "TABLE":
        return Refusal(_OTHER)
    returns = _type(reader)
    comment = ""
    while not reader.words("AS"):
        if reader.words("COMMENT"):
            comment = reader.need_string()
        elif reader.is_over:
            raise reader.error("AS")
        else:
            reader.at += 1  # LANGUAGE PYTHON, DETERMINISTIC and the like
    function = PythonFunction(parameters, returns, reader.need_string("the body"), comment)
    reader.need_end()
    compiled(function)
    if temporary:
        return Action(_TEMPORARY, partial(_create_temporary, name[-1], function, replaces))
    return Action(_PYTHON, partial(_create, name, function, replaces, unless_exists))


def _parameters(reader: Reader) -> list[tuple[str, str]]:
    reader.need_symbol("(")
    found: list[tuple[str, str]] = []
    while not reader.symbol(")"):
        name = reader.need_name("a parameter")[0]
        found.append((name, _type(reader)))
        if reader.words("COMMENT"):
            reader.need_string()
        if not reader.symbol(",") and reader.next.text != ")":
            raise reader.error(")")
    return found


def _type(reader: Reader) -> str:
    """The type that stands here: a word, with what it has in brackets."""
    start = reader.next.start
    if reader.next.kind is not Kind.WORD:
        raise reader.error("a type")
    reader.at += 1
    reader.group()
    depth = 0
    while reader.next.text == "<" or depth:
        if reader.is_over:
            raise reader.error(">")
        depth += (reader.next.text == "<") - (reader.next.text == ">")
        reader.at += 1
    return reader.text[start : reader.ahead(-1).end]


def _full(engine: Engine, name: tuple[str, ...]) -> Name:
    if len(name) == 3:
        return canonical(name[0]), name[1], name[2]
    (row,) = engine.rows("SELECT current_catalog() AS c, current_schema() AS s")
    return canonical(row["c"]), name[-2] if len(name) > 1 else row["s"], name[-1]


def _create(
    name: tuple[str, ...], function: PythonFunction, replaces: bool, unless_exists: bool,
    engine: Engine,
) -> Answer:  # fmt: skip
    full = _full(engine, name)
    engine.execute(f"DESCRIBE SCHEMA {quote_name(full[:2])}")
    for _, type_ in (*function.parameters, ("", function.returns)):
        engine.execute(f"SELECT CAST(NULL AS {type_})")  # Spark says what is wrong with a type
    if engine.rows(f"SHOW SYSTEM FUNCTIONS LIKE {quote_string(full[-1])}"):
        function = replace(function, hidden=True)
    store = Store(engine.home)
    if replaces:
        store.put(KIND, full, function.fields)
    elif not store.add(KIND, full, function.fields) and not unless_exists:
        raise StatementError(
            f"There is a function {display_name(name)} already.",
            error_class="ROUTINE_ALREADY_EXISTS",
        )
    return Answer()


def _create_temporary(
    name: str, function: PythonFunction, replaces: bool, engine: Engine
) -> Answer:
    """A function in SQL that calls the one in Python: so Spark converts the arguments, and knows
    its name. The session learns the other one on the way (`PythonFunctions.called`)."""
    store = Store(engine.home)
    key = (function.registered,)
    store.put(ORDERED, key, function.fields)
    parameters = ", ".join(f"{quote_identifier(own)} {type_}" for own, type_ in function.parameters)
    arguments = ", ".join(quote_identifier(own) for own, _ in function.parameters)
    verb = "CREATE OR REPLACE" if replaces else "CREATE"
    comment = f" COMMENT {quote_string(function.comment)}" if function.comment else ""
    try:
        engine.execute(
            f"{verb} TEMPORARY FUNCTION {quote_identifier(name)}({parameters}) "
            f"RETURNS {function.returns}{comment} RETURN {function.registered}({arguments})"
        )
    finally:
        store.delete(ORDERED, key)
    return Answer()


def _of_ours(
    text: str, name: tuple[str, ...], act: Callable[[Engine, Name, PythonFunction], Answer],
    engine: Engine,
) -> Answer:  # fmt: skip
    """Do it with a function in Python; leave any other to Spark."""
    full = _full(engine, name)
    fields = Store(engine.home).get(KIND, full)
    if fields is not None:
        return act(engine, full, PythonFunction.of(fields))
    before = _by_spark.set(True)
    try:
        return Answer(engine.execute(text), metadata=True)
    finally:
        _by_spark.reset(before)


def _drop(engine: Engine, name: Name, function: PythonFunction) -> Answer:
    Store(engine.home).delete(KIND, name)
    return Answer()


def _describe(engine: Engine, name: Name, function: PythonFunction) -> Answer:
    import pyarrow as pa

    parameters = ", ".join(f"{own} {type_}" for own, type_ in function.parameters)
    lines = [
        f"Function:    {display_name(name)}",
        "Type:        SCALAR, in Python",
        f"Input:       {parameters or '()'}",
        f"Returns:     {function.returns}",
        *([f"Comment:     {function.comment}"] if function.comment else []),
        f"Body:        {function.body.strip()}",
    ]
    return Answer(pa.table({"function_desc": lines}), metadata=True)
