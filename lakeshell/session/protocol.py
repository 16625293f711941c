"""Spark Connect's messages, without the rest of pyspark.

Importing `pyspark.sql.connect.proto` in the ordinary way runs `pyspark.sql.connect`, which imports
pandas: a quarter of a second that `select 1` does not need. The parent packages are therefore
stood in for while the messages load, and taken away again, so that a later real import of pyspark
finds them loaded and the rest untouched.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_PARENTS = ("pyspark", "pyspark.sql", "pyspark.sql.connect")


def load_messages() -> Any:
    """The module `pyspark.sql.connect.proto`."""
    name = "pyspark.sql.connect.proto"
    if name in sys.modules or "pyspark" in sys.modules:
        return importlib.import_module(name)
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pyspark")
    root = Path(spec.origin).parent
    for parent, folder in zip(
        _PARENTS, (root, root / "sql", root / "sql" / "connect"), strict=True
    ):
        package = ModuleType(parent)
        package.__path__ = [str(folder)]
        sys.modules[parent] = package
    try:
        return importlib.import_module(name)
    finally:
        for parent in _PARENTS:
            del sys.modules[parent]
