"""The families of constructs, and the words by which a statement is known to need one.

A family is a module of this package with

- `CONSTRUCTS`: its entries in the ledger;
- `whole(reader)`, if it has `heads`: the `Step` for a statement that is one of its constructs,
  None for any other, which another family may know, or Spark;
- `parts(text, tokens)`, if it has `marks`: a `Rewrite` for each construct inside a statement.

Modules are loaded when a statement may need them: most never do.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lakeshell.dialect.ledger import Construct
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Rewrite, Step
from lakeshell.sql.lexer import Token

_HEAD = 8  # tokens at the beginning among which `among` is looked for


@dataclass(frozen=True)
class Family:
    """`heads`: first words of its statements; with `among`, one of these words must be among the
    first few as well. `marks`: words and characters without which `parts` finds nothing."""

    name: str
    heads: frozenset[str] = frozenset()
    among: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def may_begin(self, tokens: Sequence[Token]) -> bool:
        """Whether a statement of these tokens may be one of its constructs."""
        if not tokens or tokens[0].word not in self.heads:
            return False
        return not self.among or any(token.word in self.among for token in tokens[1:_HEAD])

    @property
    def constructs(self) -> Sequence[Construct]:
        """Its entries in the ledger."""
        return tuple(self._module().CONSTRUCTS)

    @property
    def whole(self) -> Callable[[Reader], Step | None]:
        """See above."""
        found: Callable[[Reader], Step | None] = self._module().whole
        return found

    @property
    def parts(self) -> Callable[[str, Sequence[Token]], Iterable[Rewrite]]:
        """See above."""
        found: Callable[[str, Sequence[Token]], Iterable[Rewrite]] = self._module().parts
        return found

    def _module(self) -> Any:
        return importlib.import_module(f"{__name__}.{self.name}")


def _family(name: str, heads: str = "", among: str = "", marks: str = "") -> Family:
    return Family(
        name, frozenset(heads.split()), frozenset(among.split()), frozenset(marks.split())
    )


FAMILIES: tuple[Family, ...] = (
    _family("tables", marks="@ AUTO BUCKETS"),
    _family("grants", "GRANT REVOKE DENY SHOW"),
    _family("principals", "CREATE ALTER DROP SHOW", "USER USERS GROUP GROUPS ROLE ROLES"),
)
"""In the order in which they are asked."""
