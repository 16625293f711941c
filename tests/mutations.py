"""Statements with a word too few, too many, or in another's place."""

from __future__ import annotations

import random

from lakeshell.sql.lexer import Token, significant, tokenize


def broken(text: str, chance: random.Random) -> str:
    """`text` with a token gone, doubled, or changed for another one."""
    tokens: list[Token] = significant(tokenize(text))
    at, other = chance.randrange(len(tokens)), chance.choice(tokens).text
    token = tokens[at]
    new = chance.choice(("", f"{token.text} {token.text}", other, f"{token.text} {other}"))
    return f"{text[: token.start]}{new}{text[token.end :]}"
