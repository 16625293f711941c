"""LIST, PUT, GET and REMOVE: files of the lakehouse, as Databricks' connectors move them."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from lakeshell.config import load_config
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import StatementError, UsageError
from lakeshell.lake_files import LakeFile, LakeFiles
from lakeshell.sql.lexer import Kind

CONSTRUCTS = (
    handled("LIST 'path'", "lists a folder.", "LIST '/Volumes/main/raw/files' LIMIT 10"),
    handled(
        "PUT … INTO", "copies a file of this machine into the lakehouse.",
        "PUT '/tmp/a.csv' INTO '/Volumes/main/raw/files/a.csv' OVERWRITE",
    ),
    handled(
        "GET … TO", "copies a file of the lakehouse to a new file of this machine.",
        "GET '/Volumes/main/raw/files/a.csv' TO '/tmp/b.csv'",
    ),
    handled(
        "REMOVE 'path'", "deletes one file of the lakehouse, and nothing outside it.",
        "REMOVE '/Volumes/main/raw/files/a.csv'",
    ),
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """One of the four, with a path in quotes; LIST FILES and LIST JARS are Spark's."""
    verb = reader.one_of("LIST", "PUT", "GET", "REMOVE")
    if not verb or reader.next.kind not in (Kind.STRING, Kind.RAW_STRING):
        return None
    path = reader.need_string()
    if verb == "LIST":
        limit = _limit(reader)
        reader.need_end()
        return Action("LIST 'path'", partial(_list, path, limit))
    if verb == "REMOVE":
        reader.need_end()
        return Action("REMOVE 'path'", partial(_remove, path))
    reader.need_words("INTO" if verb == "PUT" else "TO")
    target = reader.need_string("a path in quotes")
    overwrite = verb == "PUT" and reader.words("OVERWRITE")
    reader.need_end()
    if verb == "PUT":
        return Action("PUT … INTO", partial(_put, path, target, overwrite))
    return Action("GET … TO", partial(_get, path, target))


def _limit(reader: Reader) -> int | None:
    if reader.words("WITH"):
        reader.group()  # a credential: files of this machine need none
    if not reader.words("LIMIT"):
        return None
    limit = reader.number()
    if limit is None:
        raise reader.error("a number")
    return limit


def _list(path: str, limit: int | None, engine: Engine) -> Answer:
    import pyarrow as pa

    found = _found(engine, path)
    with _worded(path):
        folder = found.local.is_dir()
        entries = sorted(found.local.iterdir()) if folder else [found.local]
        rows = [
            {
                "path": found.child(entry),
                "name": entry.name,
                "size": 0 if entry.is_dir() else entry.stat().st_size,
                "modification_time": int(entry.stat().st_mtime * 1000),
            }
            for entry in entries[:limit]
        ]
    columns = {"path": pa.string(), "name": pa.string(), "size": pa.int64(),
               "modification_time": pa.int64()}  # fmt: skip
    return Answer(pa.Table.from_pylist(rows, schema=pa.schema(columns)))


def _put(source: str, target: str, overwrite: bool, engine: Engine) -> Answer:
    place = _in_lakehouse(engine, target)
    if place.local.is_dir():
        raise StatementError(f"{target} is a folder.", hint="Name the file that shall be in it.")
    if place.local.exists() and not overwrite:
        raise StatementError(
            f"{target} exists already.", hint="PUT … INTO … OVERWRITE replaces it."
        )
    with _worded(source):
        place.local.parent.mkdir(parents=True, exist_ok=True)
        _copy(_of_machine(source), place.local, new=not overwrite)
    return _done()


def _get(source: str, target: str, engine: Engine) -> Answer:
    found, place = _found(engine, source), _of_machine(target)
    if place.is_dir():
        raise StatementError(f"{target} is a folder.", hint="Name the file that shall be in it.")
    if place.exists():
        raise StatementError(f"{target} exists already.", hint="Delete it or name another file.")
    with _worded(source):
        found.local.stat()
        _copy(found.local, place, new=True)
    return _done()


def _remove(path: str, engine: Engine) -> Answer:
    found = _in_lakehouse(engine, path)
    with _worded(path):
        if found.local.is_dir():
            raise StatementError(f"{path} is a folder.", hint=f"%fs rm {path} --recursive")
        found.local.unlink()
    return _done()


def _copy(source: Path, target: Path, *, new: bool) -> None:
    """Copy a file so that it is there whole or not at all; `new`: over nothing that is there."""
    unseen = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        shutil.copyfile(source, unseen)
        if new:
            os.link(unseen, target)
        else:
            unseen.replace(target)
    finally:
        unseen.unlink(missing_ok=True)


def _done() -> Answer:
    import pyarrow as pa

    return Answer(pa.table({"operation_status": ["SUCCEEDED"]}))


def _of_machine(path: str) -> Path:
    return Path(path.removeprefix("file:")).expanduser().absolute()


def _found(engine: Engine, path: str) -> LakeFile:
    try:
        return LakeFiles(engine.home, load_config(engine.home)).find(path)
    except UsageError as error:
        raise StatementError(error.message, hint=error.hint) from error


def _in_lakehouse(engine: Engine, path: str) -> LakeFile:
    found = _found(engine, path)
    if found.root is None or found.is_root:
        raise StatementError(
            f"{path} is no file of the lakehouse.",
            hint="Those begin with /Volumes/, /mnt/, dbfs:/ or the address of a bucket.",
        )
    return found


@contextmanager
def _worded(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise StatementError(f"There is no file {path}.", error_class="PATH_NOT_FOUND") from error
    except FileExistsError as error:
        raise StatementError(f"{error.filename2 or path} exists already.") from error
    except OSError as error:
        raise StatementError(f"{path}: {error.strerror or error}.") from error
