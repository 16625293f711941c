"""What the parts of `dbutils` have in common: they tell what they can."""

from __future__ import annotations

import inspect


class Utility:
    """A part of `dbutils`; `help()` tells its methods by their signatures and first lines."""

    _summary = ""

    def help(self, method: str | None = None) -> None:
        """Tell about this part of dbutils, or one of its methods."""
        if method is None:
            print(f"{self._summary}\n")
        for name, function in inspect.getmembers(type(self), callable):
            if not name.startswith("_") and method in (None, name):
                signature = str(inspect.signature(function)).replace("(self, ", "(")
                text = inspect.getdoc(function) or ""
                first = text.split("\n")[0] if method is None else text
                print(f"{name}{_plain(signature)}: {first}")

    def __repr__(self) -> str:
        return f"{self._summary} help() tells more."


def _plain(signature: str) -> str:
    """Without what only a type checker reads."""
    signature = signature.replace("(self)", "()").replace("'", "")
    return signature.partition(" ->")[0]
