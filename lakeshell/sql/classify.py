"""What kind of statement a text is, by its own words: rows or not, reads or writes, how grave.

This guides the shell: where a limit may be put, what to ask a person about first. Whether the
statement is right is for Spark to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lakeshell.sql.lexer import Kind, Token, significant, tokenize


@dataclass(frozen=True)
class StatementKind:
    """`verb` is what the statement does, in a word or two ("SELECT", "CREATE TABLE").

    `destructive`: it removes or overwrites what is there. `metadata`: its rows describe objects.
    `can_limit`: a plain query, on whose rows a face may put a limit.
    """

    verb: str
    returns_rows: bool = False
    writes: bool = False
    destructive: bool = False
    metadata: bool = False
    can_limit: bool = False


_QUERIES = frozenset({"SELECT", "VALUES", "TABLE", "FROM"})
_METADATA = frozenset({"SHOW", "DESCRIBE", "DESC", "EXPLAIN", "LIST", "HELP"})
_DESTRUCTIVE = frozenset({"DROP", "TRUNCATE", "DELETE", "UPDATE", "VACUUM", "RESTORE"})
_WRITES = _DESTRUCTIVE | {
    "INSERT", "MERGE", "COPY", "LOAD", "CREATE", "REPLACE", "ALTER", "COMMENT", "OPTIMIZE",
    "CONVERT", "ANALYZE", "MSCK", "REPAIR", "FSCK", "REORG", "GENERATE", "UNDROP", "GRANT",
    "REVOKE", "DENY", "PUT", "REMOVE", "CLONE", "APPLY", "SYNC",
}  # fmt: skip
_MAY_WRITE = frozenset({"CALL", "EXECUTE"})  # what they run is not in the text
_RETURN_ROWS = frozenset(
    {"OPTIMIZE", "VACUUM", "RESTORE", "CONVERT", "FSCK", "MSCK", "SET", "CALL", "EXECUTE", "GET"}
)
_OBJECTS = frozenset({
    "TABLE", "VIEW", "SCHEMA", "DATABASE", "CATALOG", "FUNCTION", "VOLUME", "PROCEDURE", "INDEX",
    "VARIABLE", "NAMESPACE", "CONNECTION", "SHARE", "GROUP", "USER", "RECIPIENT",
})  # fmt: skip
_NAMES_ITS_OBJECT = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "REPLACE", "UNDROP"})
# Words of a script behind which another statement begins.
_STATEMENT_FOLLOWS = frozenset({"BEGIN", "ATOMIC", "THEN", "ELSE", "DO", "LOOP", "REPEAT"})


def classify(text: str) -> StatementKind:
    """The kind of one statement, with or without its `;`. Never fails; no words: verb "EMPTY"."""
    return _classify(significant(tokenize(text)))


def _classify(tokens: Sequence[Token], *, in_script: bool = False) -> StatementKind:
    start = _skip_openings(tokens, 0)
    verb = _word(tokens, start)
    if verb == "WITH":
        start = _skip_openings(tokens, _behind_common_tables(tokens, start))
        verb = _word(tokens, start)
        if not verb:
            return _query("SELECT")
    if verb == "FROM" and (insert := _insert_behind_from(tokens, start)) >= 0:
        start, verb = insert, "INSERT"
    if verb in _QUERIES:
        return _query("SELECT" if verb == "FROM" else verb)
    if not in_script and _is_script(tokens, start):
        return _script(tokens[start:])
    if verb in _METADATA:
        return _metadata(verb, _word(tokens, start + 1))
    if verb in _WRITES:
        return _write(verb, tokens[start:])
    return StatementKind(
        verb or ("UNKNOWN" if tokens else "EMPTY"),
        returns_rows=verb in _RETURN_ROWS,
        writes=verb in _MAY_WRITE,
    )


def _query(verb: str) -> StatementKind:
    return StatementKind(verb, returns_rows=True, can_limit=True)


def _metadata(verb: str, following: str) -> StatementKind:
    verb = "DESCRIBE" if verb == "DESC" else verb
    if verb == "DESCRIBE" and following in ("HISTORY", "DETAIL"):
        verb = f"DESCRIBE {following}"
    return StatementKind(verb, returns_rows=True, metadata=True)


def _write(verb: str, tokens: Sequence[Token]) -> StatementKind:
    words = [token.word for token in tokens[:8]]
    named = next((word for word in words[1:] if word in _OBJECTS), "")
    if verb == "VACUUM" and [token.word for token in tokens if token.word][-2:] == ["DRY", "RUN"]:
        return StatementKind(verb, returns_rows=True)
    destructive = verb in _DESTRUCTIVE
    if verb == "INSERT":
        if words[1:2] == ["OVERWRITE"]:
            verb, destructive = "INSERT OVERWRITE", True
        else:
            destructive = _has_replace_clause(tokens)
    elif verb == "MERGE":
        destructive = _deletes(tokens)
    elif verb in ("CREATE", "REPLACE"):
        destructive = "REPLACE" in words[:3] and named == "TABLE"
    elif verb == "ALTER":
        destructive = named == "TABLE" and _alter_action(tokens) in ("DROP", "REPLACE")
    return StatementKind(
        f"{verb} {named}" if verb in _NAMES_ITS_OBJECT and named else verb,
        returns_rows=verb in _RETURN_ROWS,
        writes=True,
        destructive=destructive,
    )


def _has_replace_clause(tokens: Sequence[Token]) -> bool:
    """`INSERT INTO t [BY NAME] REPLACE WHERE|USING|ON …`, in front of the query."""
    for token, following in pairwise(tokens):
        if token.word in ("SELECT", "VALUES", "WITH"):
            return False
        if token.word == "REPLACE" and following.word in ("WHERE", "USING", "ON"):
            return True
    return False


def _deletes(tokens: Sequence[Token]) -> bool:
    """Whether a MERGE has a clause `… THEN DELETE`."""
    words = pairwise(token.word for token in tokens)
    return any(pair == ("THEN", "DELETE") for pair in words)


def _alter_action(tokens: Sequence[Token]) -> str:
    """The word behind the table's name (and its PARTITION): ADD, DROP, SET …"""
    at = 2
    if _word(tokens, at) == "IF":
        at += 2  # IF EXISTS
    at += 1
    while at + 1 < len(tokens) and tokens[at].text == ".":
        at += 2
    return _word(tokens, at)


# Scripts


def _is_script(tokens: Sequence[Token], start: int) -> bool:
    if _word(tokens, start) == "BEGIN":
        following = tokens[start + 1 : start + 2]
        return bool(following) and not (
            following[0].kind is Kind.SEMICOLON
            or following[0].word in ("TRANSACTION", "WORK", "TRAN")
        )
    labelled = start + 1 < len(tokens) and tokens[start + 1].text == ":"
    return labelled and _word(tokens, start + 2) == "BEGIN"


def _script(tokens: Sequence[Token]) -> StatementKind:
    """A script may do what any statement in it may."""
    kinds = [_classify(part, in_script=True) for part in _statements_of(tokens)]
    return StatementKind(
        "SCRIPT",
        returns_rows=True,
        writes=any(kind.writes for kind in kinds),
        destructive=any(kind.destructive for kind in kinds),
    )


def _statements_of(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """A script cut wherever a statement may begin; pieces of expressions are among the parts."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        cuts = token.kind is Kind.SEMICOLON or token.word in _STATEMENT_FOLLOWS
        # A call: repeat('a', 2). In parentheses no statement begins.
        called = (
            index + 1 < len(tokens) and tokens[index + 1].text == "(" and token.word == "REPEAT"
        )
        if cuts and not called and (depth <= 0 or token.kind is Kind.SEMICOLON):
            yield tokens[start:index]
            start, depth = index + 1, 0
    yield tokens[start:]


# Reading


def _word(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].word if index < len(tokens) else ""


def _skip_openings(tokens: Sequence[Token], index: int) -> int:
    """Behind parentheses and hints in front of the first word."""
    while index < len(tokens) and (
        tokens[index].text == "(" or tokens[index].kind in (Kind.HINT, Kind.SEMICOLON)
    ):
        index += 1
    return index


def _insert_behind_from(tokens: Sequence[Token], start: int) -> int:
    """Hive's `FROM t INSERT …` starts as a query and writes: where its INSERT stands, or -1."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        depth += (token.text == "(") - (token.text == ")")
        if token.word == "INSERT" and depth == 0 and tokens[index - 1].text != ".":
            return index if _word(tokens, index + 1) in ("INTO", "OVERWRITE") else -1
        if token.word == "SELECT" and depth == 0:
            return -1
    return -1


def _behind_common_tables(tokens: Sequence[Token], start: int) -> int:
    """From WITH to the statement behind `a (columns) AS (query), b AS (query) …`.

    The parenthesis that closes a query is the one whose opening stands behind AS.
    """
    depth = 0
    is_query = False
    for index in range(start + 1, len(tokens)):
        token = tokens[index]
        if token.text == "(":
            if depth == 0:
                is_query = tokens[index - 1].word == "AS"
            depth += 1
        elif token.text == ")":
            depth -= 1
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            if depth == 0 and is_query and following != ",":
                return index + 1
    return len(tokens)
