"""A SQL statement laid out anew: other line breaks, blanks and capitals, the same tokens.

A clause begins a line; what does not fit is broken at commas, AND, OR and WHEN. Nothing is parsed
or rewritten, so whatever Spark reads can be laid out: variables, hints, syntax newer than any
formatter. Comments stay where they are among the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lakeshell.errors import LakeshellError
from lakeshell.sql.lexer import Kind, Token, tokenize

_WIDTH = 88
_STEP = "  "


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# In capitals wherever they are no part of a name. Words that are often names of columns (date,
# type, first, value) are left as they are written.
_CAPITALS = _words(
    """
    ALL ALTER ANALYZE AND ANTI AS ASC BETWEEN BY CASE CAST CLUSTER COPY CREATE CROSS CUBE DELETE
    DESC DESCRIBE DISTINCT DISTRIBUTE DROP ELSE END EXCEPT EXISTS EXPLAIN FALSE FILTER FOLLOWING
    FROM FULL GROUP GROUPING HAVING IF ILIKE IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN
    LATERAL LEFT LIKE LIMIT MATCHED MERGE MINUS NATURAL NOT NULL NULLS OFFSET ON OPTIMIZE OR
    ORDER OUTER OVER OVERWRITE PARTITION PARTITIONED PRECEDING QUALIFY REPLACE RIGHT RLIKE ROLLUP
    ROWS SELECT SEMI SET SETS SORT TABLE TABLESAMPLE TBLPROPERTIES TEMPORARY THEN TRUE UNBOUNDED
    UNION UPDATE USING VACUUM VALUES VIEW WHEN WHERE WITH WITHIN ZORDER
    """
)
_CLAUSES = _words(
    """
    SELECT FROM WHERE GROUP HAVING QUALIFY ORDER SORT DISTRIBUTE CLUSTER LIMIT OFFSET UNION
    INTERSECT EXCEPT MINUS WINDOW WITH VALUES LATERAL USING SET WHEN TBLPROPERTIES PARTITIONED
    LOCATION
    """
)
_JOINS = frozenset(("LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "SEMI", "ANTI", "JOIN"))
_SPACED = frozenset(("=", "==", "<>", "!=", "<=", ">=", "<=>", "||", "=>", "->", "|>"))
_BEFORE_BRACKET = _words(
    """
    ALL AND ANY AS BY CLUSTER ELSE EXCEPT EXISTS FROM IN INTERSECT INTO JOIN MINUS NOT ON OR OVER
    PARTITIONED SELECT TBLPROPERTIES THEN UNION USING VALUES WHEN WHERE WITH
    """
)
_QUERY = frozenset(("SELECT", "WITH", "FROM", "VALUES"))
# Their text is taken as it stands.
_RAW = frozenset(("SET", "RESET", "ADD", "LIST", "BEGIN", "DECLARE"))


@dataclass
class _Group:
    """Tokens between two brackets."""

    opening: _Piece
    items: list[_Piece | _Group] = field(default_factory=list)
    closing: _Piece | None = None


@dataclass
class _Piece:
    """A token as it will be written. `glued`: nothing stood between it and the one before;
    `same_line`: no line break did. `is_name`: part of a dotted name, or an alias."""

    token: Token
    text: str
    glued: bool
    same_line: bool
    is_name: bool

    @property
    def word(self) -> str:
        """Its keyword; empty for names and signs."""
        return "" if self.is_name else self.token.word

    @property
    def ends_line(self) -> bool:
        return self.token.kind is Kind.LINE_COMMENT


def format_sql(text: str) -> str:
    """`text`, one statement, laid out anew.

    Raises LakeshellError, in words, when it is one that is taken literally or is not finished.
    """
    tokens = tokenize(text)
    if not all(token.closed for token in tokens):
        raise LakeshellError("Not formatted: a quote or a comment is not closed.")
    pieces = _pieces(text, tokens)
    first = next((piece.word for piece in pieces if _is_code(piece)), "")
    if first in _RAW:
        raise LakeshellError(f"Not formatted: {first} takes its text as it stands.")
    if any(piece.token.kind is Kind.SEMICOLON for piece in pieces[:-1]):
        raise LakeshellError("Not formatted: it holds several statements.")
    try:
        written = "\n".join(line.rstrip() for line in _block(_grouped(pieces), "")).strip()
    except RecursionError as error:
        raise LakeshellError("Not formatted: its brackets are nested too deeply.") from error
    if _said(tokenize(written)) != _said(tokens):
        raise LakeshellError("Not formatted: it would have read otherwise.")
    return written


def _said(tokens: list[Token]) -> list[str]:
    """What may not change: every token, comments too, but for the case of keywords."""
    return [
        token.word if token.word in _CAPITALS else token.text.rstrip()
        for token in tokens
        if token.kind is not Kind.SPACE
    ]


def _is_code(piece: _Piece) -> bool:
    return piece.token.kind not in (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT)


def _pieces(source: str, tokens: list[Token]) -> list[_Piece]:
    spoken = [token for token in tokens if token.kind is not Kind.SPACE]
    pieces = []
    for number, token in enumerate(spoken):
        before = spoken[number - 1] if number else None
        after = spoken[number + 1].text if number + 1 < len(spoken) else ""
        gap = source[before.end : token.start] if before is not None else "\n"
        dotted = after == "." or (before is not None and before.text == ".")
        alias = before is not None and before.word == "AS" and token.word not in _QUERY
        text = token.text.rstrip() if token.kind is Kind.LINE_COMMENT else token.text
        function = token.word in ("IF", "LEFT", "RIGHT", "REPLACE") and after == "("
        if token.word in _CAPITALS and not (dotted or alias or function):
            text = token.word
        pieces.append(_Piece(token, text, not gap, "\n" not in gap, dotted or alias))
    return pieces


def _grouped(pieces: list[_Piece]) -> list[_Piece | _Group]:
    """Pieces as a tree of brackets. What lacks its partner raises LakeshellError."""
    stack: list[list[_Piece | _Group]] = [[]]
    open_groups: list[_Group] = []
    for piece in pieces:
        if piece.token.text == "(":
            group = _Group(piece)
            stack[-1].append(group)
            open_groups.append(group)
            stack.append(group.items)
        elif piece.token.text == ")":
            if not open_groups:
                raise LakeshellError("Not formatted: a bracket is closed that was not opened.")
            open_groups.pop().closing = piece
            stack.pop()
        else:
            stack[-1].append(piece)
    if open_groups:
        raise LakeshellError("Not formatted: a bracket is not closed.")
    return stack[0]


def _block(items: list[_Piece | _Group], indent: str) -> list[str]:
    """The lines of a statement or a subquery."""
    lines: list[str] = []
    for clause in _clauses(items):
        lines += _clause(clause, indent)
    return lines


def _clauses(items: list[_Piece | _Group]) -> list[list[_Piece | _Group]]:
    """Items cut where a clause begins. A comment on a line of its own goes with what follows."""
    clauses: list[list[_Piece | _Group]] = [[]]
    cases = 0
    statement = next((i.word for i in items if isinstance(i, _Piece) and _is_code(i)), "")
    for number, item in enumerate(items):
        if isinstance(item, _Group):
            clauses[-1].append(item)
            continue
        cases += (item.word == "CASE") - (item.word == "END" and cases > 0)
        note = not _is_code(item)
        begins = not cases and not note and _begins(items, number, statement)
        only_notes = all(isinstance(i, _Piece) and not _is_code(i) for i in clauses[-1])
        own_line = note and not item.same_line and _clause_follows(items, number)
        if (begins or own_line) and not only_notes:
            clauses.append([])
        clauses[-1].append(item)
    return [clause for clause in clauses if clause]


def _begins(items: list[_Piece | _Group], number: int, statement: str) -> bool:
    """Whether a clause begins with the piece there."""
    item = items[number]
    before = items[number - 1] if number else None
    following = items[number + 1] if number + 1 < len(items) else None
    assert isinstance(item, _Piece)
    word, last = item.word, before.word if isinstance(before, _Piece) else ""
    opens = isinstance(following, _Group)
    if item.token.text == "|>":
        return True
    if isinstance(before, _Piece) and before.token.text == "|>":
        return False
    if word in _JOINS:
        return last not in _JOINS and last != "OUTER" and _joins(items, number)
    if word not in _CLAUSES:
        return False
    if word == "SET":
        return statement == "UPDATE"
    if word == "WHEN":
        return statement == "MERGE"
    if word == "USING":
        return statement in ("MERGE", "CREATE", "REPLACE") and not opens
    if word in ("LOCATION", "PARTITIONED", "TBLPROPERTIES"):
        return statement in ("CREATE", "REPLACE")
    if word == "WINDOW":
        return not opens
    if word == "FROM":
        return last not in ("DELETE", "DISTINCT")
    if word == "EXCEPT":
        return not (isinstance(before, _Piece) and before.token.text == "*")
    if word == "VALUES":
        return statement == "INSERT"
    if word == "CLUSTER":
        return statement != "ALTER"
    if word == "WITH":
        return last == "AS"
    return not (word in ("ORDER", "GROUP") and last == "WITHIN")


def _joins(items: list[_Piece | _Group], number: int) -> bool:
    """Whether LEFT, ANTI … there belongs to a JOIN, and is no function of that name."""
    for item in items[number : number + 4]:
        if isinstance(item, _Group):
            return False
        if item.word == "JOIN":
            return True
        if item.word not in _JOINS | {"OUTER"}:
            return False
    return False


def _clause_follows(items: list[_Piece | _Group], number: int) -> bool:
    """Whether the next code behind a comment begins a clause."""
    for following in items[number:]:
        if isinstance(following, _Group):
            return False
        if _is_code(following):
            return following.word in _CLAUSES | _JOINS
    return False


def _clause(items: list[_Piece | _Group], indent: str) -> list[str]:
    """A clause on one line if it fits, else broken."""
    flat = _flat(items)
    if flat is not None and len(indent) + len(flat) <= _WIDTH:
        return [indent + flat]
    head, body = _head(items)
    first = next((i.word for i in items if isinstance(i, _Piece) and _is_code(i)), "")
    if first in ("WHERE", "HAVING", "QUALIFY", *_JOINS):
        return _broken_at(items, indent, frozenset(("AND", "OR")))
    if first in ("SELECT", "GROUP", "ORDER", "SET", "VALUES", "SORT") and head:
        return _run(head, indent) + _listed(body, indent + _STEP)
    return _listed(items, indent)


def _head(
    items: list[_Piece | _Group],
) -> tuple[list[_Piece | _Group], list[_Piece | _Group]]:
    """The words that name a clause, and the rest."""
    number = 0
    while number < len(items):
        item = items[number]
        if not isinstance(item, _Piece):
            break
        names = item.word in _CLAUSES | {"BY", "DISTINCT", "ALL"}
        if not (names or not _is_code(item) or item.token.kind is Kind.HINT):
            break
        number += 1
    return items[:number], items[number:]


def _listed(items: list[_Piece | _Group], indent: str) -> list[str]:
    """One line for each part between commas."""
    lines: list[str] = []
    part: list[_Piece | _Group] = []
    for number, item in enumerate(items):
        part.append(item)
        comma = isinstance(item, _Piece) and item.token.text == ","
        following = items[number + 1] if number + 1 < len(items) else None
        note_behind = (
            isinstance(following, _Piece) and not _is_code(following) and following.same_line
        )
        if (comma and not note_behind) or (isinstance(item, _Piece) and not _is_code(item)):
            lines += _run(part, indent)
            part = []
    return lines + (_run(part, indent) if part else [])


def _broken_at(items: list[_Piece | _Group], indent: str, words: frozenset[str]) -> list[str]:
    """A new line at each of these words, one step in; AND of a BETWEEN is none."""
    lines: list[str] = []
    part: list[_Piece | _Group] = []
    between = depth = 0
    for item in items:
        word = item.word if isinstance(item, _Piece) else ""
        depth += (word == "CASE") - (word == "END" and depth > 0)
        between += word == "BETWEEN"
        if word == "AND" and between:
            between -= 1
        elif word in words and not depth and part:
            lines += _run(part, indent + (_STEP if lines else ""))
            part = []
        part.append(item)
        if isinstance(item, _Piece) and item.ends_line:
            lines += _run(part, indent + (_STEP if lines else ""))
            part = []
    return lines + (_run(part, indent + (_STEP if lines else "")) if part else [])


def _run(items: list[_Piece | _Group], indent: str) -> list[str]:
    """Items one after the other; brackets that do not fit become blocks, a long CASE is broken."""
    flat = _flat(items)
    if flat is not None and len(indent) + len(flat) <= _WIDTH:
        return [indent + flat]
    lines, line = [], indent
    before: _Piece | None = None
    cases = 0
    for item in items:
        if isinstance(item, _Group):
            whole = _flat([item])
            space = _space(before, item.opening)
            if whole is not None and len(line) + len(whole) + 1 <= _WIDTH:
                line += space + whole
            else:
                lines.append(line + space + "(")
                deep = indent + _STEP * (1 + cases)
                first = next((i for i in item.items if isinstance(i, _Group) or _is_code(i)), None)
                if isinstance(first, _Piece) and first.word in _QUERY:
                    lines += _block(item.items, deep)
                elif any(isinstance(i, _Piece) and i.token.text == "," for i in item.items):
                    lines += _listed(item.items, deep)
                else:
                    lines += _broken_at(item.items, deep, frozenset(("AND", "OR")))
                line = indent + _STEP * cases + ")"
            before = item.closing
            continue
        cases -= item.word == "END" and cases > 0
        is_branch = item.word == "END" or (item.word in ("WHEN", "ELSE") and cases > 0)
        if is_branch and line.strip():
            lines.append(line)
            line = indent + _STEP * cases + item.text
            before = item
            continue
        fresh = not line.strip()
        line += item.text if fresh else _space(before, item) + item.text
        cases += item.word == "CASE"
        before = item
        if item.ends_line:
            lines.append(line)
            line, before = indent, None
    if line.strip():
        lines.append(line)
    return lines


def _flat(items: list[_Piece | _Group]) -> str | None:
    """Items on one line; None when a comment needs the line's end (but the last may)."""
    text = ""
    before: _Piece | None = None
    for number, item in enumerate(items):
        if isinstance(item, _Group):
            inner = _flat(item.items)
            if inner is None or _ends_in_comment(item.items) or item.closing is None:
                return None
            text += (_space(before, item.opening) if text else "") + f"({inner})"
            before = item.closing
            continue
        if item.ends_line and number + 1 < len(items):
            return None
        if "\n" in item.text and item.token.kind is Kind.BLOCK_COMMENT:
            return None
        text += (_space(before, item) if text else "") + item.text
        before = item
    return text


def _ends_in_comment(items: list[_Piece | _Group]) -> bool:
    return bool(items) and isinstance(items[-1], _Piece) and items[-1].ends_line


def _space(before: _Piece | None, item: _Piece) -> str:
    """What stands between two pieces on a line."""
    if before is None:
        return ""
    left, right = before.token.text, item.token.text
    if right in (",", ";", ")") or left == "(":
        return ""
    if left == "," or left in _SPACED or right in _SPACED:
        return " "
    if right == "(" and before.text == before.word and before.word in _BEFORE_BRACKET:
        return " "
    if not _is_code(item) or not _is_code(before):
        return " "
    return "" if item.glued else " "
