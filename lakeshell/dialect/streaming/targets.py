"""The Delta table that a stream fills: where it lies, and what its log says of the stream.

The log is read from the folder: DESCRIBE DETAIL and DESCRIBE HISTORY are jobs of Spark's, and take
longer than the stream itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.delta_log import read_commit, read_state
from lakeshell.dialect.tables.table_folder import LOG, local_path
from lakeshell.errors import StatementError, UsageError
from lakeshell.sql.names import display_name, quote_name

FOLDER = "_lakeshell_streams"
"""In a table's own folder, for all streams from SQL; VACUUM passes over names that begin so."""


@dataclass(frozen=True)
class Target:
    """`columns` of the table, in order, and its `folder`."""

    columns: tuple[str, ...]
    folder: Path

    @property
    def streams(self) -> Path:
        """Where the streams into it keep what they have read."""
        return self.folder / FOLDER

    @property
    def log(self) -> Path:
        """Its commits."""
        return self.folder / LOG

    @property
    def id(self) -> str:
        """What its log calls it; another one when the table was made anew."""
        version = self.last_version
        while version >= 0:
            try:
                for action in read_commit(self.log, version):
                    if "metaData" in action:
                        return str(action["metaData"]["id"])
            except FileNotFoundError:
                break  # what came before stands in a checkpoint
            version -= 1
        return str(read_state(self.log).metadata["id"])

    @property
    def last_version(self) -> int:
        """The number of its last commit."""
        names = (path.name for path in self.log.glob("*.json"))
        return max((int(n[:20]) for n in names if n[:-5].isdigit() and len(n) == 25), default=-1)

    def rows_since(self, before: int, query_id: str) -> int:
        """The rows that a stream has written after version `before`."""
        rows = 0
        for version in range(before + 1, self.last_version + 1):
            for action in read_commit(self.log, version):
                info = action.get("commitInfo") or {}
                parameters = info.get("operationParameters") or {}
                if info.get("operation") == "STREAMING UPDATE" and (
                    parameters.get("queryId") == query_id
                ):
                    written = int((info.get("operationMetrics") or {}).get("numOutputRows") or 0)
                    replaces = str(parameters.get("outputMode")).lower() == "complete"
                    rows = written if replaces else rows + written
        return rows


def target(engine: Engine, table: tuple[str, ...], what: str) -> Target:
    """The table of a whole name, for the statement that is called `what`.

    Raises StatementError when there is none, or it is none of Delta's or not on this machine.
    """
    columns: list[str] = []
    about: dict[str, str] = {}
    for row in engine.rows(f"DESCRIBE TABLE EXTENDED {quote_name(table)}"):
        name, value = str(row["col_name"]), str(row["data_type"])
        if about or not name or name.startswith("#"):
            about[name] = value
        else:
            columns.append(name)
    if about.get("Provider", "").lower() != "delta" or "Location" not in about:
        raise StatementError(f"{what} needs a Delta table; {display_name(table)} is not one.")
    try:
        return Target(tuple(columns), local_path(engine, about["Location"]))
    except UsageError as error:
        raise StatementError(f"{what} needs a table on this machine: {error.message}") from error
