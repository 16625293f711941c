"""Pieces of text with places to fill in: those that come with lakeshell, and the person's own.

Own ones are the files ``<home>/snippets/*.sql`` and ``*.py``, titled by their first line if it is a
comment, or stand in ``<home>/snippets.toml``::

    [orders]
    title = "Orders of a day"
    language = "sql"
    text = \"\"\"
    SELECT * FROM orders WHERE day = '${1:2024-01-01}'
    \"\"\"

``${1:word}`` and ``$1`` are places to fill in, in the order of their numbers; ``$0`` is the last.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

_STOP = re.compile(r"\$\{(\d):([^{}]*)\}|\$\{(\d)\}|\$(\d)(?!\d)")

_TITLE = re.compile(r"(?:--|#)\s*(\S.*?)\s*\Z")
_LANGUAGES = {".sql": "sql", ".py": "python"}
_LARGEST = 100_000  # bytes of one
_MOST_FILES = 1_000


@dataclass(frozen=True)
class Snippet:
    """`language` is "sql" or "python"."""

    title: str
    text: str
    language: str = "sql"
    is_own: bool = False


@dataclass(frozen=True)
class Filled:
    """A snippet's text without its marks; `stops` are the places, as offsets, in their order."""

    text: str
    stops: tuple[tuple[int, int], ...]


def fill(text: str) -> Filled:
    """Take the marks out of a snippet's text.

    >>> fill("SELECT ${2:a} FROM ${1:t}").stops
    ((14, 15), (7, 8))
    """
    pieces: list[str] = []
    stops: list[tuple[int, int, int]] = []
    length = position = 0
    for found in _STOP.finditer(text):
        before = text[position : found.start()]
        word = found[2] or ""
        number = int(found[1] or found[3] or found[4])
        pieces += [before, word]
        length += len(before)
        stops.append((number or 10, length, length + len(word)))
        length += len(word)
        position = found.end()
    pieces.append(text[position:])
    return Filled("".join(pieces), tuple((start, end) for _, start, end in sorted(stops)))


def load_snippets(home: Path) -> tuple[list[Snippet], str]:
    """The person's own in the folder `home` and the built-in ones; and a sentence on what is wrong
    with a file. Reads files: only for worker threads."""
    own, problem = _own(home / "snippets.toml")
    files, trouble = _of_files(home / "snippets")
    return files + own + list(BUILT_IN), problem or trouble


def _of_files(folder: Path) -> tuple[list[Snippet], str]:
    found, problem = [], ""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _LANGUAGES)
    except OSError:
        return [], ""
    for path in paths[:_MOST_FILES]:
        try:
            if path.stat().st_size > _LARGEST:
                raise OSError("it is larger than 100 kB")
            text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").strip("\n")
        except (OSError, UnicodeDecodeError) as error:
            problem = problem or f"The snippet {path.name} cannot be read: {error}."
            continue
        title, language = path.stem, _LANGUAGES[path.suffix]
        first, _, rest = text.partition("\n")
        if (comment := _TITLE.match(first)) and rest.strip():
            title, text = comment[1], rest.strip("\n")
        if text.strip():
            found.append(Snippet(title, text, language, True))
    return found, problem


def _own(path: Path) -> tuple[list[Snippet], str]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return [], ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [], f"{path.name} cannot be read: {error}."
    found, broken = [], []
    for name, entry in content.items():
        text = entry.get("text") if isinstance(entry, dict) else entry
        if not isinstance(text, str) or not text.strip():
            broken.append(name)
            continue
        entry = entry if isinstance(entry, dict) else {}
        language = "python" if str(entry.get("language", "")).lower() == "python" else "sql"
        found.append(Snippet(str(entry.get("title", name)), text.strip("\n"), language, True))
    problem = f"{path.name}: {', '.join(broken)} has no text." if broken else ""
    return found, problem


BUILT_IN = (
    Snippet(
        "MERGE: update what is there, insert what is new",
        """MERGE INTO ${1:target} AS t
USING ${2:source} AS s
ON t.${3:id} = s.${4:id}
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;""",
    ),
    Snippet(
        "MERGE: with deletes (change data capture)",
        """MERGE INTO ${1:target} AS t
USING ${2:changes} AS s
ON t.${3:id} = s.${4:id}
WHEN MATCHED AND s.${5:operation} = 'DELETE' THEN DELETE
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED AND s.${6:operation} != 'DELETE' THEN INSERT *;""",
    ),
    Snippet(
        "CREATE TABLE … CLUSTER BY (liquid clustering)",
        """CREATE TABLE IF NOT EXISTS ${1:name} (
  ${2:id BIGINT NOT NULL},
  ${3:created_at TIMESTAMP}
)
USING DELTA
CLUSTER BY (${4:id})
COMMENT '${5:what it holds}';""",
    ),
    Snippet(
        "CREATE TABLE … AS SELECT",
        """CREATE OR REPLACE TABLE ${1:name}
USING DELTA
AS
SELECT ${2:*}
FROM ${3:source};""",
    ),
    Snippet(
        "CREATE VIEW",
        """CREATE OR REPLACE VIEW ${1:name} AS
SELECT ${2:*}
FROM ${3:source};""",
    ),
    Snippet(
        "SELECT from files",
        """SELECT *
FROM ${2:json}.`${1:/Volumes/main/default/landing}`
LIMIT 100;""",
    ),
    Snippet(
        "Stream: table to table, each batch by a function",
        """def ${1:write_batch}(batch, batch_id):
    batch.createOrReplaceTempView("batch")
    batch.sparkSession.sql("${2:SELECT count(*) FROM batch}")


(
    spark.readStream.table("${3:source}")
    .writeStream.foreachBatch(${4:write_batch})
    .option("checkpointLocation", "${5:/Volumes/main/default/checkpoints/name}")
    .trigger(availableNow=True)
    .start()
    .awaitTermination()
)""",
        "python",
    ),
    Snippet(
        "Window: the latest row of each key",
        """SELECT *
FROM ${1:table}
QUALIFY row_number() OVER (PARTITION BY ${2:id} ORDER BY ${3:updated_at} DESC) = 1;""",
    ),
    Snippet(
        "Window: running total",
        """SELECT
  *,
  sum(${1:amount}) OVER (
    PARTITION BY ${2:customer_id}
    ORDER BY ${3:day}
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS running_total
FROM ${4:table};""",
    ),
    Snippet("Time travel: a version", "SELECT *\nFROM ${1:table} VERSION AS OF ${2:0};"),
    Snippet(
        "Time travel: a moment", "SELECT *\nFROM ${1:table} TIMESTAMP AS OF '${2:2024-01-01}';"
    ),
    Snippet(
        "Rows that were added since a version",
        """SELECT * FROM ${1:table}
EXCEPT ALL
SELECT * FROM ${2:table} VERSION AS OF ${3:0};""",
    ),
    Snippet("RESTORE: back to a version", "RESTORE TABLE ${1:table} TO VERSION AS OF ${2:0};"),
    Snippet("History of a table", "DESCRIBE HISTORY ${1:table};"),
    Snippet("OPTIMIZE", "OPTIMIZE ${1:table}\nZORDER BY (${2:id});"),
    Snippet("VACUUM: what would be deleted", "VACUUM ${1:table} RETAIN ${2:168} HOURS DRY RUN;"),
    Snippet(
        "ALTER TABLE: add a column",
        "ALTER TABLE ${1:table} ADD COLUMN ${2:name} ${3:STRING} COMMENT '${4:what it is}';",
    ),
    Snippet(
        "Change data feed of a table",
        "SELECT *\nFROM table_changes('${1:table}', ${2:0});",
    ),
    Snippet(
        "CREATE FUNCTION in SQL",
        """CREATE OR REPLACE FUNCTION ${1:name}(${2:x DOUBLE})
RETURNS ${3:DOUBLE}
RETURN ${4:x * 2};""",
    ),
    Snippet(
        "PIVOT",
        """SELECT *
FROM ${1:table}
PIVOT (sum(${2:amount}) FOR ${3:year} IN (${4:2023, 2024}));""",
    ),
    Snippet(
        "DataFrame: read, group, show",
        """from pyspark.sql import functions as F

df = spark.table("${1:table}")
display(df.groupBy("${2:key}").agg(F.count("*").alias("n")).orderBy(F.desc("n")))""",
        "python",
    ),
)
