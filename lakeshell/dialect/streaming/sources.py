"""What a call of read_files or cloud_files means as a source of a stream: Auto Loader's options."""

from __future__ import annotations

from lakeshell.dialect.files.file_relations import FORMATS, files_under, is_pattern
from lakeshell.dialect.files.reading import Reading, format_of
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.steps import Engine, StreamSource
from lakeshell.dialect.streaming.calls import READ, FileCall
from lakeshell.errors import StatementError

SOURCE = "cloudFiles"
_PREFIX = "cloudFiles."

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


def stream_source(engine: Engine, call: FileCall, schemas: str) -> StreamSource:
    """The source of one call. `schemas` is where it keeps the columns that it finds, unless the
    call names another place. Raises StatementError."""
    reading = call.reading
    options = {_spelt(call.function, name): value for name, value in reading.options.items()}
    schema = options.pop("schema", "") if call.function == READ else ""
    options.setdefault(f"{_PREFIX}format", _format(engine, reading))
    if not schema:
        options.setdefault(f"{_PREFIX}schemaLocation", schemas)
    if call.function == READ:
        options.setdefault(f"{_PREFIX}inferColumnTypes", "true")
    ignored = [name for name in _WITHOUT_MEANING if f"{_PREFIX}{name}" in options]
    for name in ignored:
        del options[f"{_PREFIX}{name}"]
        tell_once(engine, f"{name} is ignored: it is for files in a cloud's store.")
    return StreamSource(SOURCE, reading.path, options, schema, reading.wants_metadata)


def _spelt(function: str, name: str) -> str:
    """An option as Auto Loader knows it."""
    small = name.lower().removeprefix(_PREFIX.lower())
    is_prefixed = name.lower().startswith(_PREFIX.lower())
    if small in _BY_SMALL and (is_prefixed or function == READ or small == "format"):
        return f"{_PREFIX}{_BY_SMALL[small]}"
    if function == READ and small in ("schema", "filenamepattern"):
        return "schema" if small == "schema" else "pathGlobFilter"
    return name


def _format(engine: Engine, reading: Reading) -> str:
    given = reading.option("format") or reading.option(f"{_PREFIX}format".lower())
    if given is not None:
        kind = given.lower()
    else:
        more = {} if is_pattern(reading.path) else {"recursiveFileLookup": "true"}
        kind = format_of(files_under(engine, reading.path, more), reading)
    if kind not in FORMATS:
        raise StatementError(f"Auto Loader knows no format {kind}.")
    return kind
