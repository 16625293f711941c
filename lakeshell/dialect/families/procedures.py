"""Stored procedures: SQL scripts that are kept, and run by CALL with their parameters as variables.

A call is a script around the body: a variable for each parameter, then the body as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.objects.securables import Securable, full_name
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind
from lakeshell.sql.names import display_name, quote_identifier, quote_name

_CREATE, _CALL, _DROP = "CREATE PROCEDURE", "CALL", "DROP PROCEDURE"
_DESCRIBE, _SHOW = "DESCRIBE PROCEDURE", "SHOW PROCEDURES"
_OTHER = "CREATE PROCEDURE … LANGUAGE PYTHON, SQL SECURITY DEFINER"

CONSTRUCTS = (
    handled(_CREATE, "the script is kept in the lakehouse.",
            "CREATE PROCEDURE add_one(IN n INT, OUT m INT) LANGUAGE SQL SQL SECURITY INVOKER AS "
            "BEGIN SET m = n + 1; END"),
    handled(_CALL, "the script is run with its parameters as variables.", "CALL add_one(1, m)"),
    handled(_DROP, "the script is forgotten.", "DROP PROCEDURE IF EXISTS add_one"),
    handled(_DESCRIBE, "its parameters and, with EXTENDED, its script.",
            "DESCRIBE PROCEDURE EXTENDED add_one"),
    handled(_SHOW, "those of a schema.", "SHOW PROCEDURES IN sales"),
    unsupported(_OTHER, "procedures are SQL scripts, run as whoever calls them.",
                "CREATE PROCEDURE p() LANGUAGE PYTHON AS $$pass$$"),
)  # fmt: skip

KIND = "procedure"
_MODES = ("IN", "OUT", "INOUT")


@dataclass(frozen=True)
class _Parameter:
    """`default` is an expression, empty without one."""

    mode: str
    name: str
    type: str
    default: str = ""


@dataclass(frozen=True)
class _Procedure:
    """`name` as it was written; `body` is a block BEGIN … END."""

    name: tuple[str, ...]
    parameters: tuple[_Parameter, ...]
    body: str
    comment: str = ""


@dataclass(frozen=True)
class _Argument:
    """An expression, given by place or by the parameter's name."""

    text: str
    name: str = ""


def whole(reader: Reader) -> Step | None:
    """Statements on procedures."""
    if reader.words("CALL"):
        return _read_call(reader)
    if reader.words("SHOW", "PROCEDURES"):
        named = reader.one_of("IN", "FROM")
        schema = reader.need_name("the name of a schema") if named else ()
        reader.need_end()
        return Action(_SHOW, partial(_show, schema))
    verb = reader.one_of("CREATE", "DROP", "DESCRIBE", "DESC")
    replaces = verb == "CREATE" and reader.words("OR", "REPLACE")
    if not verb or not reader.words("PROCEDURE"):
        return None
    if verb == "CREATE":
        return _read_create(reader, replaces)
    if verb == "DROP":
        forgiving = reader.if_exists()
        name = reader.need_name("the name of a procedure")
        reader.need_end()
        return Action(_DROP, partial(_drop, name, forgiving))
    extended = reader.words("EXTENDED")
    if reader.is_over:
        return None  # a table named procedure
    name = reader.need_name("the name of a procedure")
    reader.need_end()
    return Action(_DESCRIBE, partial(_describe, name, extended))


# Reading


def _read_create(reader: Reader, replaces: bool) -> Step:
    forgiving = reader.if_not_exists()
    name = reader.need_name("the name of a procedure")
    reader.need_symbol("(")
    parameters: list[_Parameter] = []
    while not reader.symbol(")"):
        parameters.append(_read_parameter(reader))
        if not reader.symbol(","):
            reader.need_symbol(")")
            break
    comment = ""
    while not reader.words("AS"):
        if reader.words("LANGUAGE", "SQL") or reader.words("SQL", "SECURITY", "INVOKER"):
            continue
        if reader.words("MODIFIES", "SQL", "DATA") or reader.words("NOT", "DETERMINISTIC"):
            continue
        if reader.words("LANGUAGE") or reader.words("SQL", "SECURITY", "DEFINER"):
            return Refusal(_OTHER)
        if reader.words("DEFAULT", "COLLATION"):
            reader.need_name("a collation")
        elif reader.words("COMMENT"):
            comment = reader.need_string("the comment in quotes")
        else:
            raise reader.error("AS BEGIN … END")
    if reader.next.word != "BEGIN":
        raise reader.error("BEGIN … END")
    procedure = _Procedure(name, tuple(parameters), reader.rest(), comment)
    return Action(_CREATE, partial(_create, procedure, replaces, forgiving))


def _read_parameter(reader: Reader) -> _Parameter:
    mode = reader.one_of(*_MODES) or "IN"
    name = reader.need_name("a parameter")[0]
    type_ = _expression(reader, ("DEFAULT", "COMMENT"))
    default = ""
    if reader.words("DEFAULT"):
        default = _expression(reader, ("COMMENT",))
    if reader.words("COMMENT"):
        reader.need_string("the comment in quotes")
    return _Parameter(mode, name, type_, default)


def _expression(reader: Reader, ends: Sequence[str] = ()) -> str:
    """What stands here up to a comma, a closing parenthesis or one of the words `ends`."""
    start, depth = reader.next.start, 0
    while not reader.is_over:
        token = reader.next
        if depth == 0 and (token.text in (",", ")") or token.word in ends):
            break
        depth += (token.text in ("(", "[", "<")) - (token.text in (")", "]", ">"))
        _step(reader)
    text = reader.text[start : reader.ahead(-1).end]
    if not text or reader.next.start == start:
        raise reader.error("a type or an expression")
    return text


def _read_call(reader: Reader) -> Step | None:
    if reader.next.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return None
    name = reader.need_name("the name of a procedure")
    reader.need_symbol("(")
    arguments: list[_Argument] = []
    while not reader.symbol(")"):
        given = ""
        if reader.ahead(1).text == "=>":
            given = reader.need_name("a parameter")[0]
            reader.need_symbol("=>")
        arguments.append(_Argument(_argument(reader), given))
        if not reader.symbol(","):
            reader.need_symbol(")")
            break
    reader.need_end()
    return Action(_CALL, partial(_call, name, tuple(arguments)))


def _argument(reader: Reader) -> str:
    """Like `_expression`, where `<` and `>` compare."""
    start, depth = reader.next, 0
    while not reader.is_over and not (depth == 0 and reader.next.text in (",", ")")):
        depth += (reader.next.text in ("(", "[")) - (reader.next.text in (")", "]"))
        _step(reader)
    if reader.next is start:
        raise reader.error("an argument")
    return reader.text[start.start : reader.ahead(-1).end]


def _step(reader: Reader) -> None:
    """No statement ends inside an expression: what follows would be run as one of the script's."""
    if reader.next.kind is Kind.SEMICOLON:
        raise reader.error("a comma or )")
    reader.at += 1


# Carrying out


def _create(procedure: _Procedure, replaces: bool, forgiving: bool, engine: Engine) -> Answer:
    name = _whole(engine, procedure.name)
    engine.execute(f"DESCRIBE SCHEMA {quote_name(name[:2])}")
    store = Store(engine.home)
    fields = {**asdict(procedure), "name": list(name)}
    if replaces:
        store.put(KIND, name, fields)
    elif not store.add(KIND, name, fields) and not forgiving:
        raise StatementError(
            f"There is a procedure {display_name(name)} already.",
            error_class="ROUTINE_ALREADY_EXISTS",
            hint="CREATE OR REPLACE PROCEDURE writes over it.",
        )
    return Answer()


def _drop(written: tuple[str, ...], forgiving: bool, engine: Engine) -> Answer:
    name = _whole(engine, written)
    if not Store(engine.home).delete(KIND, name) and not forgiving:
        raise _missing(name)
    return Answer()


def _call(written: tuple[str, ...], arguments: Sequence[_Argument], engine: Engine) -> Answer:
    script = call_script(_need(engine, _whole(engine, written)), arguments)
    return Answer(engine.execute(script))


def call_script(procedure: _Procedure, arguments: Sequence[_Argument]) -> str:
    """The script that runs a procedure. Raises StatementError when the arguments do not fit."""
    given = _by_parameter(procedure, arguments)
    lines = ["BEGIN"]
    after: list[str] = []
    for parameter in procedure.parameters:
        name = quote_identifier(parameter.name)
        value = given.get(parameter.name.lower(), parameter.default)
        if parameter.mode == "OUT":
            lines.append(f"DECLARE {name} {parameter.type};")
        elif value:
            lines.append(f"DECLARE {name} {parameter.type} DEFAULT {value};")
        else:
            raise StatementError(
                f"{display_name(procedure.name)} needs a value for {parameter.name}.",
                error_class="REQUIRED_PARAMETER_NOT_FOUND",
            )
        if parameter.mode != "IN":
            after.append(f"SET {_variable(procedure, parameter, given)} = {name};")
    return "\n".join([*lines, f"{procedure.body};", *after, "END"])


def _by_parameter(procedure: _Procedure, arguments: Sequence[_Argument]) -> dict[str, str]:
    names = [parameter.name.lower() for parameter in procedure.parameters]
    if len(arguments) > len(names):
        raise StatementError(
            f"{display_name(procedure.name)} takes {len(names)} arguments, not {len(arguments)}.",
            error_class="WRONG_NUM_ARGS",
        )
    given: dict[str, str] = {}
    for at, argument in enumerate(arguments):
        name = argument.name.lower() or names[at]
        if name not in names or name in given:
            wrong = "has no parameter" if name not in names else "is given two values for"
            raise StatementError(
                f"{display_name(procedure.name)} {wrong} {name}.", error_class="WRONG_ARGUMENT"
            )
        given[name] = argument.text
    return given


def _variable(procedure: _Procedure, parameter: _Parameter, given: dict[str, str]) -> str:
    """The session's variable that takes what a parameter hands back."""
    text = given.get(parameter.name.lower(), "")
    reader = Reader(text)
    if reader.next.kind in (Kind.WORD, Kind.IDENTIFIER):
        name = reader.need_name("a variable")
        if reader.is_over:
            whole_name = name if len(name) > 1 else ("system", "session", *name)
            return quote_name(whole_name)
    raise StatementError(
        f"{display_name(procedure.name)} hands back {parameter.name}: give it a variable.",
        hint="DECLARE a session variable, and name it in the CALL.",
    )


def _describe(written: tuple[str, ...], extended: bool, engine: Engine) -> Answer:
    name = _whole(engine, written)
    procedure = _need(engine, name)
    lines = [f"Procedure:    {display_name(name)}"]
    for at, parameter in enumerate(procedure.parameters):
        default = f" DEFAULT {parameter.default}" if parameter.default else ""
        words = f"{parameter.mode} {parameter.name} {parameter.type}{default}"
        lines.append(f"{'Parameters:   ' if at == 0 else ' ' * 14}{words}")
    if procedure.comment:
        lines.append(f"Comment:      {procedure.comment}")
    if extended:
        lines.append(f"Body:         {procedure.body}")
    return _table({"procedure_desc": lines})


def _show(schema: tuple[str, ...], engine: Engine) -> Answer:
    name = full_name(engine, Securable("SCHEMA", schema or _current(engine)))
    engine.execute(f"DESCRIBE SCHEMA {quote_name(name)}")
    found = [fields["name"] for _, fields in Store(engine.home).all(KIND, name)]
    columns: dict[str, list[Any]] = {"catalog": [], "namespace": [], "procedure_name": []}
    for parts in found:
        for column, part in zip(columns.values(), parts, strict=True):
            column.append(part)
    return _table(columns)


def _current(engine: Engine) -> tuple[str, ...]:
    row = engine.rows("SELECT current_schema() AS schema")[0]
    return (str(row["schema"]),)


def _table(columns: dict[str, list[Any]]) -> Answer:
    import pyarrow as pa

    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Answer(pa.table(arrays), metadata=True)


def _whole(engine: Engine, name: tuple[str, ...]) -> tuple[str, ...]:
    return full_name(engine, Securable("PROCEDURE", name))


def _need(engine: Engine, name: tuple[str, ...]) -> _Procedure:
    fields = Store(engine.home).get(KIND, name)
    if fields is None:
        raise _missing(name)
    return _Procedure(
        tuple(fields["name"]),
        tuple(_Parameter(**parameter) for parameter in fields["parameters"]),
        str(fields["body"]),
        str(fields["comment"]),
    )


def _missing(name: Sequence[str]) -> StatementError:
    return StatementError(
        f"There is no procedure {display_name(name)}.",
        error_class="ROUTINE_NOT_FOUND",
        hint="SHOW PROCEDURES lists those of a schema.",
    )
