"""The user's own paths for those of the mount table: `/mnt/x` for `viewfs://lake/mnt/x`.

Spark names every place by the mount table that leads into the home. What a person wrote, and can
use again, is the path without it; managed tables lie in the home's warehouse folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeshell.home import Home

if TYPE_CHECKING:
    import pyarrow as pa

_LAKE = "viewfs://lake"


class LakePaths:
    """Translates for one home."""

    def __init__(self, home: Home) -> None:
        self._warehouse = str(home.warehouse)

    def text(self, text: str) -> str:
        """`text` with every path of the mount table as the user knows it."""
        if _LAKE not in text:
            return text
        return text.replace(f"{_LAKE}/warehouse", self._warehouse).replace(f"{_LAKE}/", "/")

    def table(self, table: pa.Table) -> pa.Table:
        """`table` with such paths translated in its string columns; most have none."""
        import pyarrow as pa

        for index, column in enumerate(table.columns):
            strings = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
            if strings and any(map(_mentions_lake, column.chunks)):
                import pyarrow.compute as pc

                column = pc.replace_substring(column, f"{_LAKE}/warehouse", self._warehouse)
                column = pc.replace_substring(column, f"{_LAKE}/", "/")
                table = table.set_column(index, table.field(index), column)
        return table


def _mentions_lake(chunk: pa.Array) -> bool:
    """Whether a string array holds such a path: one look at its bytes, without arrow's compute
    module, which takes as long to load as a small statement to run."""
    characters = chunk.buffers()[2]
    return characters is not None and _LAKE.encode() in characters.to_pybytes()
