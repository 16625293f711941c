"""The options of Auto Loader as read_files and cloud_files name them, and as Java knows them."""

from __future__ import annotations

from collections.abc import Mapping

from lakeshell.dialect.once import tell_once
from lakeshell.dialect.steps import Engine

PREFIX = "cloudFiles."

# Of Auto Loader and not of a format; read_files names them without the prefix.
_OWN = (
    "format", "schemaLocation", "inferColumnTypes", "schemaHints", "schemaEvolutionMode",
    "maxFilesPerTrigger", "maxBytesPerTrigger", "includeExistingFiles", "allowOverwrites",
    "partitionColumns", "rescuedDataColumn", "validateOptions",
)  # fmt: skip
# For stores in a cloud: nothing here has them.
_WITHOUT_MEANING = (
    "useNotifications", "useIncrementalListing", "useManagedFileEvents", "backfillInterval",
    "cleanSource", "listOnStart", "maxFileAge",
)  # fmt: skip
_BY_SMALL = {name.lower(): name for name in (*_OWN, *_WITHOUT_MEANING)}


def of_auto_loader(
    engine: Engine, given: Mapping[str, str], *, of_read_files: bool
) -> dict[str, str]:
    """The options of a call in Auto Loader's spelling. The person is told of what is ignored."""
    options = {_spelt(name, of_read_files): value for name, value in given.items()}
    for name in _WITHOUT_MEANING:
        if options.pop(f"{PREFIX}{name}", None) is not None:
            tell_once(engine, f"{name} is ignored: it is for files in a cloud's store.")
    return options


def _spelt(name: str, of_read_files: bool) -> str:
    small = name.lower().removeprefix(PREFIX.lower())
    is_prefixed = name.lower().startswith(PREFIX.lower())
    if small in _BY_SMALL and (is_prefixed or of_read_files or small == "format"):
        return f"{PREFIX}{_BY_SMALL[small]}"
    if of_read_files and small in ("schema", "filenamepattern"):
        return "schema" if small == "schema" else "pathGlobFilter"
    return name
