"""Users and groups: made, put into each other, listed. A role is a group; passwords go nowhere."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.families.grants import need_principal
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name

CONSTRUCTS = (
    handled("CREATE USER", "the user is remembered; a password is neither kept nor needed.",
            "CREATE USER user1 WITH PASSWORD 'password'"),
    handled("ALTER USER", "SET ROLE puts the user into a group, which is made if there is none.",
            "ALTER USER user1 SET ROLE data_engineer"),
    handled("DROP USER", "the user leaves all groups; what was granted stays until it is revoked.",
            "DROP USER IF EXISTS user1"),
    handled("CREATE GROUP, CREATE ROLE", "a role is a group.",
            "CREATE GROUP engineers WITH USER user1, user2"),
    handled("ALTER GROUP", "members are added and dropped.",
            "ALTER GROUP engineers ADD USER user1, user2"),
    handled("DROP GROUP, DROP ROLE", "the group is forgotten, its members stay.",
            "DROP GROUP IF EXISTS engineers"),
    handled("SHOW USERS", "all that were created.", "SHOW USERS LIKE 'user*'"),
    handled("SHOW GROUPS", "all, or those in which a user or a group is; roles are among them.",
            "SHOW GROUPS WITH USER user1"),
)  # fmt: skip

_PASSWORD = "Passwords are not kept: nobody logs in to a lakehouse on one machine."
_USER, _GROUP, _MEMBER = "user", "group", "member"
_OBJECTS = {"USER": _USER, "GROUP": _GROUP, "ROLE": _GROUP}


@dataclass(frozen=True)
class _Members:
    """Users and groups that enter or leave a group, as pairs of kind and name."""

    names: tuple[tuple[str, str], ...] = ()


def whole(reader: Reader) -> Step | None:
    """CREATE, ALTER, DROP of a user, group or role; SHOW USERS, SHOW GROUPS."""
    if reader.words("SHOW", "USERS"):
        return Action("SHOW USERS", partial(_show, _USER, "", "", _pattern(reader)))
    if reader.words("SHOW", "GROUPS") or reader.words("SHOW", "ROLES"):
        return _show_groups(reader)
    verb = reader.one_of("CREATE", "ALTER", "DROP")
    word = reader.one_of(*_OBJECTS)
    if not verb or not word:
        return None
    kind = _OBJECTS[word]
    if verb == "CREATE":
        return _create(reader, kind)
    if verb == "DROP":
        forgiving = reader.if_exists()
        name = need_principal(reader)
        reader.need_end()
        construct = "DROP USER" if kind == _USER else "DROP GROUP, DROP ROLE"
        return Action(construct, partial(_drop, kind, name, forgiving))
    return _alter_user(reader) if kind == _USER else _alter_group(reader)


def _create(reader: Reader, kind: str) -> Step:
    forgiving = reader.if_not_exists()
    name = need_principal(reader)
    if kind == _USER:
        password = _read_password(reader)
        reader.need_end()
        return Action("CREATE USER", partial(_create_one, kind, name, forgiving, _Members(),
                                             password))  # fmt: skip
    members = _Members()
    if reader.words("WITH"):
        members = _read_members(reader)
    reader.need_end()
    return Action("CREATE GROUP, CREATE ROLE",
                  partial(_create_one, kind, name, forgiving, members, False))  # fmt: skip


def _alter_user(reader: Reader) -> Step:
    user = need_principal(reader)
    if reader.words("SET", "ROLE") or reader.words("SET", "GROUP"):
        group = need_principal(reader)
        reader.need_end()
        return Action("ALTER USER", partial(_set_role, user, group))
    if not _read_password(reader):
        raise reader.error("SET ROLE or WITH PASSWORD")
    reader.need_end()
    return Action("ALTER USER", partial(_set_password, user))


def _alter_group(reader: Reader) -> Step:
    group = need_principal(reader)
    adds = reader.one_of("ADD", "DROP")
    if not adds:
        raise reader.error("ADD or DROP")
    members = _read_members(reader)
    reader.need_end()
    return Action("ALTER GROUP", partial(_change_members, group, adds == "ADD", members))


def _read_password(reader: Reader) -> bool:
    """Step behind a password, which nobody looks at; whether there was one."""
    reader.words("WITH")
    if not reader.words("PASSWORD"):
        return False
    reader.need_string("the password in quotes")
    return True


def _read_members(reader: Reader) -> _Members:
    found: list[tuple[str, str]] = []
    while word := reader.one_of("USER", "GROUP", "ROLE"):
        found.append((_OBJECTS[word], need_principal(reader)))
        while reader.symbol(","):
            if reader.next.word in _OBJECTS and reader.ahead(1).text not in (",", ""):
                break  # the other kind follows
            found.append((_OBJECTS[word], need_principal(reader)))
    if not found:
        raise reader.error("USER or GROUP")
    return _Members(tuple(found))


def _show_groups(reader: Reader) -> Step:
    of_kind = of_name = ""
    if reader.words("WITH"):
        word = reader.one_of("USER", "GROUP")
        if not word:
            raise reader.error("USER or GROUP")
        of_kind, of_name = _OBJECTS[word], need_principal(reader)
    return Action("SHOW GROUPS", partial(_show, _GROUP, of_kind, of_name, _pattern(reader)))


def _pattern(reader: Reader) -> str:
    pattern = "*"
    if reader.words("LIKE"):
        pattern = reader.need_string("a pattern in quotes")
    elif not reader.is_over:
        pattern = reader.need_string("LIKE")
    reader.need_end()
    return pattern


# Carrying out


def _create_one(
    kind: str, name: str, forgiving: bool, members: _Members, password: bool, engine: Engine
) -> Answer:
    store = Store(engine.home)
    for member in members.names:
        _need(store, *member)
    if not store.add(kind, (name,), {"name": name}) and not forgiving:
        raise StatementError(
            f"There is a {kind} {display_name([name])} already.",
            error_class="PRINCIPAL_ALREADY_EXISTS",
        )
    for member in members.names:
        _join(store, name, *member)
    if password:
        tell_once(engine, _PASSWORD)
    return Answer()


def _drop(kind: str, name: str, forgiving: bool, engine: Engine) -> Answer:
    store = Store(engine.home)
    if not store.delete(kind, (name,)) and not forgiving:
        raise _missing(kind, name)
    for key, fields in store.all(_MEMBER):
        is_member = (fields["kind"], fields["name"].lower()) == (kind, name.lower())
        if is_member or (kind == _GROUP and fields["group"].lower() == name.lower()):
            store.delete(_MEMBER, key)
    return Answer()


def _set_role(user: str, group: str, engine: Engine) -> Answer:
    store = Store(engine.home)
    _need(store, _USER, user)
    if store.add(_GROUP, (group,), {"name": group}):
        engine.notice(f"There was no role {display_name([group])}: a group of that name was made.")
    _join(store, group, _USER, user)
    return Answer()


def _set_password(user: str, engine: Engine) -> Answer:
    _need(Store(engine.home), _USER, user)
    tell_once(engine, _PASSWORD)
    return Answer()


def _change_members(group: str, adds: bool, members: _Members, engine: Engine) -> Answer:
    store = Store(engine.home)
    for kind, name in ((_GROUP, group), *members.names):
        _need(store, kind, name)
    for kind, name in members.names:
        if not adds:
            store.delete(_MEMBER, (group, kind, name))
        elif kind == _GROUP and group.lower() in _inside(store, name):
            raise StatementError(f"{display_name([group])} is in {display_name([name])} already.")
        else:
            _join(store, group, kind, name)
    return Answer()


def _join(store: Store, group: str, kind: str, name: str) -> None:
    store.put(_MEMBER, (group, kind, name), {"group": group, "kind": kind, "name": name})


def _inside(store: Store, group: str) -> set[str]:
    """The group and those in it, at any depth, in small letters."""
    pairs = [
        (fields["group"].lower(), fields["name"].lower())
        for _, fields in store.all(_MEMBER)
        if fields["kind"] == _GROUP
    ]
    found, new = set[str](), {group.lower()}
    while new:
        found |= new
        new = {name for parent, name in pairs if parent in new} - found
    return found


def _show(kind: str, of_kind: str, of_name: str, pattern: str, engine: Engine) -> Answer:
    store = Store(engine.home)
    names: Sequence[str] = [str(fields["name"]) for _, fields in store.all(kind)]
    if of_kind:
        _need(store, of_kind, of_name)
        of = {
            fields["group"].lower()
            for _, fields in store.all(_MEMBER)
            if (fields["kind"], fields["name"].lower()) == (of_kind, of_name.lower())
        }
        names = [name for name in names if name.lower() in of]
    found = [name for name in names if _matches(name, pattern)]
    import pyarrow as pa

    column = "userName" if kind == _USER else "name"
    return Answer(pa.table({column: pa.array(found, pa.string())}), metadata=True)


def _matches(name: str, pattern: str) -> bool:
    """By the rules of SHOW … LIKE: `*` is any text, `|` parts alternatives, in any case."""
    choices = pattern.lower().replace("%", "*").split("|")
    return any(fnmatch.fnmatchcase(name.lower(), choice.strip()) for choice in choices)


def _need(store: Store, kind: str, name: str) -> None:
    if store.get(kind, (name,)) is None:
        raise _missing(kind, name)


def _missing(kind: str, name: str) -> StatementError:
    return StatementError(
        f"There is no {kind} {display_name([name])}.",
        error_class="PRINCIPAL_DOES_NOT_EXIST",
        hint=f"SHOW {kind.upper()}S lists those there are.",
    )
