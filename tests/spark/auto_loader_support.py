"""A landing folder of a test's own, and streams of Auto Loader over it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from lakeshell.home import Home
from lakeshell.session.session import Session


class Landing:
    """`/mnt/<name>` with folders `in` (files), `schema` and a checkpoint for each table."""

    def __init__(self, home: Home, session: Session, name: str) -> None:
        self.session = session
        self.folder = home.mnt / name
        self.path = f"/mnt/{name}"

    def put(self, name: str, text: str, *, age: float = 60.0) -> Path:
        """A file below `in`, last written `age` seconds ago."""
        file = self.folder / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (time.time() - age,) * 2)
        return file

    def records(self, name: str, *records: dict[str, Any]) -> Path:
        """A file of JSON records, one a line."""
        return self.put(name, "".join(json.dumps(record) + "\n" for record in records))

    def frame(self, below: str = "in", schema: str | None = None, **options: Any) -> Any:
        """The stream; `options` are those of cloudFiles, and of the format after `reader_`."""
        reader = self.session.spark.readStream.format("cloudFiles")
        if schema is not None:
            reader = reader.schema(schema)
        else:
            options.setdefault("schemaLocation", f"{self.path}/schema")
        for name, value in options.items():
            plain = name.startswith("reader_")
            reader = reader.option(name[7:] if plain else f"cloudFiles.{name}", value)
        return reader.load(f"{self.path}/{below}")

    def run(self, frame: Any, table: str, *, merge: bool = False, **trigger: Any) -> Any:
        """The ended query that has loaded `frame` into `table`. Raises what it failed with."""
        writer = frame.writeStream.option("checkpointLocation", f"{self.path}/at_{table}")
        writer = writer.option("mergeSchema", merge)
        query = writer.trigger(**(trigger or {"availableNow": True})).toTable(table)
        query.awaitTermination()
        return query

    def load(self, table: str, *, merge: bool = False, **options: Any) -> Any:
        """`run` over `frame`."""
        return self.run(self.frame(**options), table, merge=merge)

    def failure(self, table: str, *, merge: bool = False, **options: Any) -> str:
        """What a stream that must fail says."""
        try:
            self.load(table, merge=merge, **options)
        except Exception as error:
            return str(error)
        raise AssertionError("the stream did not fail")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, as tuples."""
        table = self.session.execute(query).table
        assert table is not None
        return [tuple(row.values()) for row in table.to_pylist()]

    def schema(self, version: int) -> dict[str, str]:
        """Names and types of the data columns in a version of the stored schema."""
        text = (self.folder / "schema" / "_schemas" / str(version)).read_text(encoding="utf-8")
        first, rest = text.split("\n", 1)
        assert first == "v1"
        fields = json.loads(json.loads(rest)["dataSchemaJson"])["fields"]
        return {field["name"]: field["type"] for field in fields}


def rescued(text: str | None) -> dict[str, Any] | None:
    """A value of the rescued data column."""
    return None if text is None else dict(json.loads(text))
