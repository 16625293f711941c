"""Privileges: GRANT, REVOKE, DENY and SHOW GRANTS. They are kept; nobody is stopped by them yet."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.objects.securables import (
    Securable,
    full_name,
    need_columns,
    need_exists,
    read_securable,
    shown,
)
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind

_ELSEWHERE = "GRANT … ON SHARE, CONNECTION, EXTERNAL LOCATION, CREDENTIAL, …"
_KEPT = "it is stored and shown; nobody is stopped by it yet."

CONSTRUCTS = (
    handled("GRANT", _KEPT, "GRANT SELECT ON TABLE sales.orders TO `analysts`"),
    handled("GRANT … (columns)", _KEPT, "GRANT SELECT (id, name) ON TABLE customers TO marketing"),
    handled("REVOKE", "what was granted or denied is taken back.",
            "REVOKE SELECT ON TABLE sales.orders FROM `analysts`"),
    handled("DENY", _KEPT, "DENY MODIFY ON SCHEMA sales TO `analysts`"),
    handled("SHOW GRANTS", "what is granted and denied on an object and on what it is in, or to "
            "a principal.", "SHOW GRANTS `analysts` ON TABLE sales.orders"),
    handled(
        "MSCK REPAIR … PRIVILEGES",
        "what is granted on an object that may be gone is forgotten.",
        "MSCK REPAIR TABLE sales.orders PRIVILEGES",
    ),
    unsupported(_ELSEWHERE, "one machine has no objects of this kind.",
                "GRANT READ FILES ON EXTERNAL LOCATION landing TO `engineers`"),
)  # fmt: skip

NOT_ENFORCED = "Privileges are stored, not enforced: everybody who opens this lakehouse may do all."

PRIVILEGES = frozenset({
    "ALL PRIVILEGES", "ACCESS", "APPLY TAG", "BROWSE", "CREATE", "CREATE CATALOG",
    "CREATE CLEAN ROOM", "CREATE CONNECTION", "CREATE EXTERNAL LOCATION", "CREATE EXTERNAL TABLE",
    "CREATE EXTERNAL VOLUME", "CREATE FOREIGN CATALOG", "CREATE FOREIGN SECURABLE",
    "CREATE FUNCTION", "CREATE MANAGED STORAGE", "CREATE MATERIALIZED VIEW", "CREATE MODEL",
    "CREATE MODEL VERSION", "CREATE PROVIDER", "CREATE RECIPIENT", "CREATE SCHEMA",
    "CREATE SERVICE CREDENTIAL", "CREATE SHARE", "CREATE STORAGE CREDENTIAL", "CREATE TABLE",
    "CREATE VIEW", "CREATE VOLUME", "CREATE_NAMED_FUNCTION", "EXECUTE", "EXECUTE CLEAN ROOM TASK",
    "EXTERNAL USE LOCATION", "EXTERNAL USE SCHEMA", "MANAGE", "MANAGE ALLOWLIST", "MODIFY",
    "MODIFY CLEAN ROOM", "MODIFY_CLASSPATH", "READ FILES", "READ PRIVATE FILES", "READ VOLUME",
    "READ_METADATA", "REFRESH", "SELECT", "SET SHARE PERMISSION", "USAGE", "USE CATALOG",
    "USE CONNECTION", "USE MARKETPLACE ASSETS", "USE PROVIDER", "USE RECIPIENT", "USE SCHEMA",
    "USE SHARE", "WRITE FILES", "WRITE PRIVATE FILES", "WRITE VOLUME",
})  # fmt: skip
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
KIND = "grant"
_COLUMNS = ("Principal", "ActionType", "ObjectType", "ObjectKey")


@dataclass(frozen=True)
class _Privilege:
    """`columns` is empty for the whole object."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Change:
    """What a GRANT, REVOKE or DENY says; `verb` is one of these."""

    verb: str
    privileges: tuple[_Privilege, ...]
    on: Securable
    principal: str


def whole(reader: Reader) -> Step | None:
    """GRANT, REVOKE, DENY, SHOW GRANTS."""
    if reader.ahead(1).text == ":":
        return None  # a label
    verb = reader.one_of("GRANT", "REVOKE", "DENY")
    if verb:
        change = _change(reader, verb)
        if change is None:
            return Refusal(_ELSEWHERE)
        columns = any(privilege.columns for privilege in change.privileges)
        construct = "GRANT … (columns)" if columns and verb == "GRANT" else verb
        return Action(construct, partial(_carry_out, change))
    if reader.words("MSCK", "REPAIR"):
        return _read_repair(reader)
    if not (reader.words("SHOW", "GRANTS") or reader.words("SHOW", "GRANT")):
        return None
    if reader.next.word == "TO" and reader.ahead(1).word != "ON":
        reader.need_words("TO")
        if reader.next.word == "RECIPIENT" and reader.ahead(1).text:
            return Refusal(_ELSEWHERE)
        principal = need_principal(reader)
        reader.need_end()
        return Action("SHOW GRANTS", partial(_show_to, principal))
    wanted = "" if reader.next.word == "ON" else need_principal(reader)
    reader.need_words("ON")
    on = read_securable(reader)
    reader.need_end()
    return Action("SHOW GRANTS", partial(_show_on, on, wanted)) if on.kind else Refusal(_ELSEWHERE)


def _read_repair(reader: Reader) -> Step | None:
    before, last = reader.tokens[-2:]
    if last.word != "PRIVILEGES" or before.text == "." or before.word == "TABLE":
        return None  # it repairs a table, whose name may be that
    on = read_securable(reader)
    reader.need_words("PRIVILEGES")
    reader.need_end()
    return Action("MSCK REPAIR … PRIVILEGES", partial(_forget, on))


def need_principal(reader: Reader) -> str:
    """The user, group or service principal that must stand here."""
    token = reader.next
    name = reader.need_name("the name of a user or group")
    if token.kind is Kind.IDENTIFIER or len(name) == 1:
        return ".".join(name)
    raise StatementError(f"Put backticks around {'.'.join(name)}: a principal is one name.")


def _change(reader: Reader, verb: str) -> _Change | None:
    """None for an object that one machine does not have."""
    privileges = [_privilege(reader)]
    while reader.symbol(","):
        privileges.append(_privilege(reader))
    reader.need_words("ON")
    on = read_securable(reader)
    if not on.kind:
        return None
    reader.need_words("FROM" if verb == "REVOKE" else "TO")
    principal = need_principal(reader)
    reader.need_end()
    return _Change(verb, tuple(_meant(p, on) for p in privileges), on, principal)


def _privilege(reader: Reader) -> _Privilege:
    words: list[str] = []
    while reader.next.word and reader.next.word != "ON":
        words.append(reader.next.word)
        reader.at += 1
    if not words:
        raise reader.error("a privilege")
    name = " ".join(words)
    if name == "ALL":
        name = "ALL PRIVILEGES"
    if name not in PRIVILEGES:
        raise _unknown(name)
    return _Privilege(name, tuple(_column_list(reader)))


def _column_list(reader: Reader) -> Iterator[str]:
    if not reader.symbol("("):
        return
    while True:
        yield ".".join(reader.need_name("a column"))
        if reader.symbol(")"):
            return
        reader.need_symbol(",")


def _unknown(name: str) -> StatementError:
    near = difflib.get_close_matches(name.replace("_", " "), PRIVILEGES, n=1)
    hint = f"Did you mean {near[0]}?" if near else "For example: SELECT, MODIFY, USE SCHEMA."
    if name in _WRITES:
        hint = "MODIFY is the privilege to insert, update, delete and merge."
    return StatementError(f"{name} is not a privilege.", error_class="INVALID_PRIVILEGE", hint=hint)


def _meant(privilege: _Privilege, on: Securable) -> _Privilege:
    """USAGE is the older name of USE CATALOG and USE SCHEMA."""
    if privilege.name == "USAGE" and on.kind in ("CATALOG", "SCHEMA"):
        return _Privilege(f"USE {on.kind}", privilege.columns)
    return privilege


def _carry_out(change: _Change, engine: Engine) -> Answer:
    name = full_name(engine, change.on)
    columns = [column for privilege in change.privileges for column in privilege.columns]
    if columns and change.on.kind != "TABLE":
        raise StatementError("Only tables and views have columns.")
    if columns:
        need_columns(engine, name, columns)
    else:
        need_exists(engine, change.on.kind, name)
    store = Store(engine.home)
    for privilege in change.privileges:
        for column in privilege.columns or ("",):
            _keep(store, change, name, privilege.name, column)
    tell_once(engine, NOT_ENFORCED)
    return Answer()


def _keep(store: Store, change: _Change, name: Sequence[str], privilege: str, column: str) -> None:
    # An entry for each, so that two shells at once cannot lose one another's.
    key = (change.on.kind, *name, change.principal, privilege, column)
    if change.verb == "REVOKE":
        store.delete_under(KIND, key if column else key[:-1])  # all of it: its columns, too
        return
    fields = {
        "kind": change.on.kind, "object": list(name), "principal": change.principal,
        "privilege": privilege, "column": column, "denied": change.verb == "DENY",
    }  # fmt: skip
    store.put(KIND, key, fields)


def _forget(on: Securable, engine: Engine) -> Answer:
    Store(engine.home).delete_under(KIND, (on.kind, *full_name(engine, on)))
    return Answer()


@dataclass(frozen=True)
class Grant:
    """One privilege of one principal on one object; `columns` is empty for all of it."""

    kind: str
    object: tuple[str, ...]
    principal: str
    privilege: str
    columns: tuple[str, ...]
    denied: bool

    def row(self) -> dict[str, str]:
        """As SHOW GRANTS shows it."""
        action = f"DENIED_{self.privilege}" if self.denied else self.privilege
        if self.columns:
            action += f" ({', '.join(self.columns)})"
        return dict(zip(_COLUMNS, (self.principal, action, self.kind, shown(self.object)),
                        strict=True))  # fmt: skip


def grants(store: Store) -> list[Grant]:
    """Everything that is granted or denied, by object and principal."""
    found: dict[tuple[object, ...], list[str]] = {}
    for _, fields in store.all(KIND):
        key = (fields["kind"], tuple(fields["object"]), fields["principal"], fields["privilege"],
               bool(fields["denied"]))  # fmt: skip
        found.setdefault(key, []).append(str(fields["column"]))
    return [
        Grant(str(kind), object_, str(principal), str(privilege),
              () if "" in columns else tuple(columns), bool(denied))
        for (kind, object_, principal, privilege, denied), columns in found.items()
        if isinstance(object_, tuple)
    ]  # fmt: skip


def _show_on(on: Securable, principal: str, engine: Engine) -> Answer:
    name = full_name(engine, on)
    need_exists(engine, on.kind, name)
    holders = _holders(on.kind, name)
    return _answer(
        grant
        for grant in grants(Store(engine.home))
        if (grant.kind, tuple(part.lower() for part in grant.object)) in holders
        and principal.lower() in ("", grant.principal.lower())
    )


def _holders(kind: str, name: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The object and what it is in, from whose grants it inherits; names in small letters."""
    small = tuple(part.lower() for part in name)
    found = [(kind, small)]
    if len(small) == 3:
        found.append(("SCHEMA", small[:2]))
    if len(small) >= 2:
        found.append(("CATALOG", small[:1]))
    return found


def _show_to(principal: str, engine: Engine) -> Answer:
    return _answer(
        grant
        for grant in grants(Store(engine.home))
        if grant.principal.lower() == principal.lower()
    )


def _answer(found: Iterator[Grant]) -> Answer:
    import pyarrow as pa

    schema = pa.schema([(column, pa.string()) for column in _COLUMNS])
    rows = sorted((grant.row() for grant in found), key=lambda row: tuple(row.values()))
    return Answer(pa.Table.from_pylist(rows, schema), metadata=True)
