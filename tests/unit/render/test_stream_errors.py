"""Spark's words for a stream that has ended, as they came from Spark 4.2 and Delta 4.4."""

from __future__ import annotations

import pytest

from lakeshell.render.stream_errors import is_stream_failure, stream_failure

_IDS = "[id = 52c2a1c5-6cd2-4ac7-88c4-2b1fc03d28cd, runId = 8dadde3b-839a-4717-8971-5f0a79df7875]"
_BEHIND = (
    f" SQLSTATE: XXKST\n=== Streaming Query ===\nIdentifier: {_IDS}\nCurrent Committed Offsets: "
    "{}\n\nCurrent State: ACTIVE\nThread State: RUNNABLE\n\nLogical Plan:\n~Sub\n\n\nJVM "
    "stacktrace:\norg.apache.spark.sql.streaming.StreamingQueryException\n\tat org.apache.X.a(X.y)"
)


def message(inner: str, before: str = "[STREAM_FAILED] ") -> str:
    return f"{before}Query {_IDS} terminated with exception: {inner}{_BEHIND}"


@pytest.mark.parametrize(
    ("inner", "sentence", "error_class"),
    [
        (
            "[DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE] The streaming query was reading from "
            "an unexpected Delta table (id = 'd4c37807').",
            "that was dropped and made again",
            "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE",
        ),
        (
            "assertion failed: There are [1] sources in the checkpoint offsets and now there are "
            "[2] sources requested by the query. Cannot continue.",
            "made with another source",
            None,
        ),
        (
            "No usable value for logOffset\nDid not find value which can be converted into long",
            "made with another source",
            None,
        ),
        ("[DELTA_INVALID_SOURCE_VERSION] sourceVersion(0) is invalid", "another source", None),
        ("batch 0 doesn't exist", "missing or damaged", None),
        ("assertion failed", "missing or damaged", None),
        (
            "Failed to read log file viewfs://lake/mnt/x/c/offsets/0. Incomplete log file",
            "missing or damaged",
            None,
        ),
        (
            "[STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY] Cannot restart streaming query "
            "with stateful operators because the state directory is empty or missing. SQLSTATE: "
            "42K03",
            "Files of its state are missing",
            "STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY",
        ),
        (
            "[STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE] Provided key schema does not match",
            "other columns than the state",
            "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
        ),
        (
            "[DELTA_SCHEMA_CHANGED_WITH_VERSION] Detected schema change in version 3",
            "columns of its source table have changed",
            "DELTA_SCHEMA_CHANGED_WITH_VERSION",
        ),
        (
            "[DELTA_SOURCE_TABLE_IGNORE_CHANGES] Detected a data update",
            "only what is added",
            "DELTA_SOURCE_TABLE_IGNORE_CHANGES",
        ),
        (
            "[KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE] Some data may have been lost",
            "Kafka no longer has messages",
            "KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE",
        ),
        (
            "[PYTHON_EXCEPTION] Found error inside foreachBatch Python process: Traceback (most "
            'recent call last):\n  File "/v/site-packages/pyspark/worker.py", line 54, in process\n'
            '    func(df)\n  File "/home/me/load.py", line 84, in fb\n    raise RuntimeError()\n'
            "RuntimeError: no\n SQLSTATE: 38000",
            "A Python function of the stream failed: RuntimeError: no (/home/me/load.py, line 84)",
            "PYTHON_EXCEPTION",
        ),
        (
            "[UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE] Encountered unknown fields during "
            "parsing: [channel], which can be fixed by an automatic retry: true",
            "unknown fields during parsing: [channel]",
            "UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE",
        ),
        (
            "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012",
            "Division by zero.",
            "DIVIDE_BY_ZERO",
        ),
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        "[STREAM_FAILED] ",
        "",
        "org.apache.spark.sql.streaming.StreamingQueryException: [STREAM_FAILED] ",
    ],
)
def test_a_failure_is_one_sentence(
    inner: str, sentence: str, error_class: str | None, before: str
) -> None:
    text = message(inner, before)
    assert is_stream_failure(text)
    told = stream_failure(text)
    assert sentence in told.text
    assert "Identifier" not in told.text
    assert "org.apache" not in told.text
    if error_class is not None:
        assert told.error_class == error_class
    # Where the reason is one of ours, so is what to do.
    assert (told.hint is None) == (told.error_class in ("PYTHON_EXCEPTION", "DIVIDE_BY_ZERO"))


@pytest.mark.parametrize(
    "text", ["", "Query", "[TABLE_OR_VIEW_NOT_FOUND] The table", "x" * 100_000]
)
def test_other_messages_are_no_failures_of_streams(text: str) -> None:
    assert not is_stream_failure(text)
    assert stream_failure(text).text == (text.partition("] ")[2] or text)
