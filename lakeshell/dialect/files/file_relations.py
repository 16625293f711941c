"""Files as a relation in a query: csv.`/mnt/raw/{a,b}.csv` WITH ('header' = 'true').

Spark reads such a relation without anything being made or remembered, and gives its hidden
`_metadata` column, which no view has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from lakeshell.dialect.steps import Engine
from lakeshell.sql.names import quote_identifier, quote_string

FORMATS = frozenset({"csv", "json", "parquet", "avro", "orc", "text", "binaryfile", "xml"})
"""What files may be in, in small letters."""

_LAKE = "viewfs://lake/"  # the mount table, as pyspark's client names paths
_FINDING = ("recursivefilelookup", "pathglobfilter", "modifiedbefore", "modifiedafter")


def relation(kind: str, pattern: str, options: Mapping[str, str]) -> str:
    """What stands behind FROM; `pattern` is a path in which Hadoop's wildcards count."""
    given = ", ".join(f"{quote_string(k)} = {quote_string(v)}" for k, v in options.items())
    name = f"{quote_identifier(kind.lower())}.{quote_identifier(pattern)}"
    return f"{name} WITH ({given})" if given else name


def files_under(engine: Engine, pattern: str, options: Mapping[str, str]) -> list[str]:
    """The files that Spark would read, as `plain` paths, in order.

    Raises StatementError PATH_NOT_FOUND when there is nothing.
    """
    finding = {k: v for k, v in options.items() if k.lower() in _FINDING}
    source = relation("binaryFile", pattern, finding)
    return sorted({plain(row["path"]) for row in engine.rows(f"SELECT path FROM {source}")})


def plain(path: str) -> str:
    """One spelling for a path, however Spark or the user names it: what is below the lakehouse's
    mounts or on the machine begins with a slash; `dbfs:/…` is a place of its own."""
    if path.startswith(_LAKE):
        return path[len(_LAKE) - 1 :]
    found = re.match(r"(file|dbfs):/+", path)
    if found is None:
        return path
    rest = "/" + path[found.end() :]
    mounted = rest.startswith(("/mnt/", "/Volumes/"))
    if found[1] == "dbfs":
        return rest if mounted else f"dbfs:{rest}"
    return f"file:{rest}" if mounted else rest  # file:/mnt is the machine's own


def exactly(paths: Sequence[str]) -> str:
    """A pattern that matches these files and nothing else."""
    if len(paths) == 1:
        return escaped(paths[0])
    folder = posixpath.commonpath(paths)
    below = ",".join(escaped(path[len(folder) :].lstrip("/")) for path in paths)
    return f"{escaped(folder).rstrip('/')}/{{{below}}}"


def escaped(path: str) -> str:
    """`path` where Hadoop would read a pattern."""
    return re.sub(r"([\\*?\[\]{},^])", r"\\\1", path)


def is_pattern(path: str) -> bool:
    """Whether a path has wildcards."""
    return re.search(r"[*?\[{]", path) is not None


def partitioned_under(folder: str, paths: Sequence[str]) -> bool:
    """Whether a folder on the way from `folder` to a file tells a partition: `day=2024-01-01`."""
    return not is_pattern(folder) and any(
        "=" in posixpath.dirname(path[len(folder) :]) for path in paths
    )
