"""What a call of read_files or cloud_files means as a source of a stream: Auto Loader's options."""

from __future__ import annotations

from lakeshell.dialect.files.options import PREFIX, of_auto_loader
from lakeshell.dialect.files.reading import format_of
from lakeshell.dialect.steps import Engine, StreamSource
from lakeshell.dialect.streaming.calls import READ, FileCall

SOURCE = "cloudFiles"


def stream_source(engine: Engine, call: FileCall, schemas: str) -> StreamSource:
    """The source of one call. `schemas` is where it keeps the columns that it finds, unless the
    call names another place. Raises StatementError."""
    reading = call.reading
    is_read_files = call.function == READ
    kind = format_of(engine, reading, "Auto Loader")
    options = of_auto_loader(engine, reading.options, of_read_files=is_read_files)
    schema = options.pop("schema", "") if is_read_files else ""
    options.setdefault(f"{PREFIX}format", kind)
    if not schema:
        options.setdefault(f"{PREFIX}schemaLocation", schemas)
    if is_read_files:
        options.setdefault(f"{PREFIX}inferColumnTypes", "true")
    return StreamSource(SOURCE, reading.path, options, schema, reading.wants_metadata)
