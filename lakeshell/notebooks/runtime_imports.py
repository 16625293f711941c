"""`from databricks.sdk.runtime import *` and `from pyspark.dbutils import DBUtils`, in cells.

The modules exist while a cell runs and not otherwise: the shell itself, and code that asks whether
it runs on Databricks, must not find them. An installed databricks-sdk keeps all but `runtime`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_RUNTIME = "databricks.sdk.runtime"
_DBUTILS = "pyspark.dbutils"
_PACKAGES = ("databricks", "databricks.sdk")
_NAMES = ("spark", "sc", "sqlContext", "dbutils", "display", "displayHTML", "sql", "table", "udf",
          "getArgument")  # fmt: skip


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `names` and makes them of the namespace of the cell that runs."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.namespace: dict[str, Any] = {}

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.names:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=fullname in _PACKAGES)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == _DBUTILS:
            from lakeshell.notebooks.dbutils import DBUtils

            module.DBUtils = DBUtils  # type: ignore[attr-defined]
        elif module.__name__ == _RUNTIME:
            known = {name: self.namespace[name] for name in _NAMES if name in self.namespace}
            module.__dict__.update(known, __all__=list(known))


_first = _Finder((_RUNTIME, _DBUTILS))
_last = _Finder(_PACKAGES)
_uses: list[dict[str, Any]] = []


@contextmanager
def runtime_modules(namespace: dict[str, Any]) -> Iterator[None]:
    """While a cell of `namespace` runs."""
    if not _uses:
        sys.meta_path.insert(0, _first)
        sys.meta_path.append(_last)
    _uses.append(namespace)
    _first.namespace = namespace
    try:
        yield
    finally:
        _uses.remove(namespace)
        _forget()
        if _uses:
            _first.namespace = _uses[-1]
        else:
            sys.meta_path.remove(_first)
            sys.meta_path.remove(_last)


def _forget() -> None:
    for name in (_RUNTIME, _DBUTILS, *reversed(_PACKAGES)):
        module = sys.modules.get(name)
        if module is not None and getattr(module.__spec__, "loader", None) in (_first, _last):
            del sys.modules[name]
            package, _, last = name.rpartition(".")
            if package in sys.modules and getattr(sys.modules[package], last, None) is module:
                delattr(sys.modules[package], last)
