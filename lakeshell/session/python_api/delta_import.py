"""What `import delta.tables` gives in Python cells: DeltaTable over Spark Connect.

delta-spark's own needs the JVM in its process, or a plugin of the server that is not published for
this Spark. The rest of its package, exceptions and version, is taken as it is.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_MODULE = "delta.tables"
_NAMES = {
    "DeltaTable": "delta_table",
    "DeltaOptimizeBuilder": "delta_table",
    "DeltaMergeBuilder": "delta_merge",
    "DeltaTableBuilder": "delta_create",
    "IdentityGenerator": "delta_create",
}


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, _Loader()) if fullname == _MODULE else None


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        for name, source in _NAMES.items():
            ours = importlib.import_module(f"lakeshell.session.python_api.{source}")
            setattr(module, name, getattr(ours, name))
        module.__doc__ = "Delta tables, over Spark Connect."
        # Conflicts of writers arrive as delta.exceptions, once this has been imported.
        importlib.import_module("delta.connect.exceptions")


def provide_delta_tables() -> None:
    """From now on `delta.tables` is lakeshell's in this process. Imports nothing yet."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name in ("delta", _MODULE):
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Finder())
