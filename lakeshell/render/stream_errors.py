"""Why a streaming query has ended, in one sentence and with what to do.

Spark wraps it: `[STREAM_FAILED] Query [id = …] terminated with exception: …`, then offsets, plan
and stack. Where a checkpoint does not fit its query any more, Spark and Delta speak of classes,
offsets and assertions; here it is said what has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lakeshell.render.errors import split_spark_message

_WRAPPER = re.compile(
    r"\A(?:[\w.$]*StreamingQueryException: )?"
    r"(?:\[STREAM_FAILED\] )?Query \[?(?:id = |[\w-]* ?\[)[^\]]*\]+ "
    r"terminated with exception: ",
)
_BEHIND = re.compile(r"\n(?:=== Streaming Query ===|JVM stacktrace:|Current Committed Offsets:)")
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
_LIBRARIES = ("site-packages", "dist-packages", "/lakeshell/", "/pyspark", "<frozen")

_NEW_CHECKPOINT = (
    "Undo the change, or give the stream a new checkpointLocation: it then begins from the start, "
    "and a table that it appends to gets the old rows once more."
)
_RESTART = "Start it again: %stream restart NAME, or the code that started it."

_OTHER_SOURCE = (
    "Its checkpoint was made with another source than the one that the stream reads now.",
    _NEW_CHECKPOINT,
)
_OTHER_TABLE = (
    "Its source table is not the one that the checkpoint was made with: that was dropped and made "
    "again, or the stream reads another one now.",
    _NEW_CHECKPOINT,
)
_OTHER_STATE = (
    "Its aggregation, join or deduplication has other columns than the state in its checkpoint.",
    _NEW_CHECKPOINT,
)
_OTHER_OPERATORS = (
    "Its checkpoint was made with other aggregations, joins or deduplications than the stream has "
    "now.",
    _NEW_CHECKPOINT,
)
_NO_STATE = (
    "Files of its state are missing from the checkpoint, or it had no aggregation when the "
    "checkpoint was made.",
    "Put the files back, or give the stream a new checkpointLocation: it then begins from the "
    "start.",
)
_FILES_MISSING = (
    "Files of its checkpoint are missing or damaged.",
    "Put them back, or give the stream a new checkpointLocation: it then begins from the start.",
)
_NEW_COLUMNS = ("The columns of its source table have changed.", _RESTART)
_INCOMPATIBLE = (
    "Columns of its source table were renamed, removed or given another type.",
    _NEW_CHECKPOINT,
)
_SINK_LACKS = (
    "Its rows have other columns than the table that it writes.",
    'Add .option("mergeSchema", "true") to the stream that writes, or change the table.',
)
_CHANGED_ROWS = (
    "Rows that its source table had were updated, merged or overwritten; a stream reads only what "
    "is added.",
    'Add .option("skipChangeCommits", "true") where the stream is read: it then passes over such '
    "changes.",
)
_DELETED_ROWS = (
    "Rows were deleted from its source table; a stream reads only what is added.",
    'Add .option("skipChangeCommits", "true") where the stream is read: it then passes over such '
    "changes.",
)
_OLD_VERSIONS = (
    "Versions of its source table that it has not read yet are gone: their files were vacuumed, or "
    "their log is past its retention.",
    "Give the stream a new checkpointLocation, or go on with what is there: "
    '.option("failOnDataLoss", "false").',
)
_SOURCE_GONE = (
    "Its source is gone.",
    "Make it again; a table that is made again needs a new checkpointLocation.",
)
_KAFKA = (
    "Kafka no longer has messages that the stream was to read next: they are past their retention, "
    "or the topic was made again.",
    'Go on with those that are there: .option("failOnDataLoss", "false") where the stream is read.',
)
_TWICE = (
    "Another run of a stream has written the same checkpoint.",
    "Each stream needs a checkpointLocation of its own.",
)
_CLASSES: dict[str, tuple[str, str]] = {
    "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE": _OTHER_TABLE,
    "DELTA_INVALID_SOURCE_VERSION": _OTHER_SOURCE,
    "DELTA_INVALID_SOURCE_OFFSET_FORMAT": _OTHER_SOURCE,
    "INVALID_OFFSET_FORMAT": _OTHER_SOURCE,
    "STREAMING_SOURCE_EVOLUTION_NOT_SUPPORTED": _OTHER_SOURCE,
    "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE": _OTHER_STATE,
    "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE": _OTHER_STATE,
    "STATE_STORE_INVALID_KEY_ROW_FORMAT": _OTHER_STATE,
    "STATE_STORE_KEY_ROW_FORMAT_VALIDATION_FAILURE": _OTHER_STATE,
    "STATE_STORE_VALUE_ROW_FORMAT_VALIDATION_FAILURE": _OTHER_STATE,
    "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA": _OTHER_OPERATORS,
    "STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY": _NO_STATE,
    "CANNOT_LOAD_STATE_STORE": _NO_STATE,
    "DELTA_SCHEMA_CHANGED": _NEW_COLUMNS,
    "DELTA_SCHEMA_CHANGED_WITH_VERSION": _NEW_COLUMNS,
    "DELTA_SCHEMA_CHANGED_WITH_STARTING_OPTIONS": _NEW_COLUMNS,
    "DELTA_STREAMING_METADATA_EVOLUTION": _NEW_COLUMNS,
    "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE": _INCOMPATIBLE,
    "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE_USE_SCHEMA_LOG": _INCOMPATIBLE,
    "DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION": _INCOMPATIBLE,
    "DELTA_METADATA_MISMATCH": _SINK_LACKS,
    "DELTA_FAILED_TO_MERGE_FIELDS": _SINK_LACKS,
    "DELTA_SOURCE_TABLE_IGNORE_CHANGES": _CHANGED_ROWS,
    "DELTA_SOURCE_IGNORE_DELETE": _DELETED_ROWS,
    "DELTA_LOG_FILE_NOT_FOUND_FOR_STREAMING_SOURCE": _OLD_VERSIONS,
    "DELTA_LOG_FILE_NOT_FOUND": _OLD_VERSIONS,
    "DELTA_VERSIONS_NOT_CONTIGUOUS": _OLD_VERSIONS,
    "DELTA_FILE_NOT_FOUND_DETAILED": _OLD_VERSIONS,
    "DELTA_PATH_DOES_NOT_EXIST": _SOURCE_GONE,
    "DELTA_TABLE_NOT_FOUND": _SOURCE_GONE,
    "DELTA_SCHEMA_NOT_SET": _SOURCE_GONE,
    "PATH_NOT_FOUND": _SOURCE_GONE,
    "KAFKA_DATA_LOSS": _KAFKA,
    "CONCURRENT_STREAM_LOG_UPDATE": _TWICE,
}
# What Spark says of a checkpoint without giving it a class.
_WORDS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (re.compile(r"There are \[\d+\] sources in the checkpoint offsets"), _OTHER_SOURCE),
    (re.compile(r"No usable value for|Did not find value which can be converted"), _OTHER_SOURCE),
    (re.compile(r"batch \d+ doesn't exist|offset log for batch"), _FILES_MISSING),
    (re.compile(r"\Aassertion failed\Z|Failed to read log file|Incomplete log"), _FILES_MISSING),
    (re.compile(r"Checksum error: .*/(?:metadata|offsets|commits|sources)\b"), _FILES_MISSING),
    (re.compile(r"Checksum error: .*/state/"), _FILES_MISSING),
    (re.compile(r"Error reading (?:delta|snapshot) file .*/state/"), _NO_STATE),
    (re.compile(r"multiple streaming queries (?:are )?concurrently using", re.IGNORECASE), _TWICE),
    (re.compile(r"data may have been lost|failOnDataLoss.*Kafka|Kafka.*failOnDataLoss"), _KAFKA),
)  # fmt: skip


@dataclass(frozen=True)
class StreamFailure:
    """`text` is a sentence or Spark's own words, `error_class` Spark's; `hint` says what to do."""

    text: str
    error_class: str | None = None
    hint: str | None = None


def is_stream_failure(message: str) -> bool:
    """Whether Spark says by this that a streaming query has ended."""
    return bool(_WRAPPER.match(message.strip()))


def stream_failure(message: str) -> StreamFailure:
    """What a message of Spark about a stream that failed or could not start means."""
    inner = _BEHIND.split(_WRAPPER.sub("", message.strip()), 1)[0]
    parts = split_spark_message(inner)
    if parts.error_class == "PYTHON_EXCEPTION":
        return StreamFailure(_of_python(parts.text), parts.error_class)
    known = _CLASSES.get((parts.error_class or "").split(".")[0])
    if known is None:
        known = next((told for words, told in _WORDS if words.search(parts.text)), None)
    if known is None:
        # Auto Loader has noted the new columns, and names them.
        hint = _RESTART if "automatic retry: true" in parts.text else None
        return StreamFailure(parts.text, parts.error_class, hint)
    return StreamFailure(known[0], parts.error_class, known[1])


def _of_python(text: str) -> str:
    """The exception that a function has raised, and where in the user's own file."""
    lines = [line for line in text.splitlines() if line.strip()]
    own = [
        found
        for found in _FRAME.finditer(text)
        if not any(word in found["file"] for word in _LIBRARIES)
    ]
    place = f" ({own[-1]['file']}, line {own[-1]['line']})" if own else ""
    raised = lines[-1].strip() if lines else text
    return f"A Python function of the stream failed: {raised}{place}"
