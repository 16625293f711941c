"""Spark Connect's messages and gRPC, loaded without what a statement does not need.

Importing `pyspark.sql.connect.proto` in the ordinary way runs `pyspark.sql.connect`, which imports
pandas: a quarter of a second that `select 1` does not need. The parent packages are therefore
stood in for while the messages load, and taken away again, so that a later real import of pyspark
finds them loaded and the rest untouched. gRPC's asyncio half is left out in the same way, and so is
numpy under Arrow where no Python code can come that would use it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_PARENTS = ("pyspark", "pyspark.sql", "pyspark.sql.connect")


def load_grpc() -> Any:
    """The module `grpc`, without `grpc.aio` and the asyncio that it imports."""
    with _standing_in("grpc.aio"):
        return importlib.import_module("grpc")


def load_arrow_without_numpy() -> None:
    """Import pyarrow as if numpy were not installed, which it supports, unless either is loaded.

    For processes that only fetch and print rows: numpy takes longer to load than they live.
    """
    if "pyarrow" in sys.modules or "numpy" in sys.modules:
        return
    sys.modules["numpy"] = None  # type: ignore[assignment]  # makes `import numpy` fail
    try:
        importlib.import_module("pyarrow")
    finally:
        del sys.modules["numpy"]


@contextlib.contextmanager
def _standing_in(name: str) -> Iterator[None]:
    """An empty module in the place of `name` for a while, if it is not loaded."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = ModuleType(name)
    try:
        yield
    finally:
        del sys.modules[name]


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
