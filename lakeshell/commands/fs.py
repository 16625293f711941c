"""%fs: files and folders of the lakehouse, by the paths that SQL and Python use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import click

from lakeshell.commands.asking import agreed
from lakeshell.commands.context import CommandContext
from lakeshell.errors import CommandError, UsageError
from lakeshell.lake_files import LakeFile, LakeFiles

_HEAD = 65_536  # bytes, as on Databricks


@click.group("fs")
def fs_command() -> None:
    """List, read, copy and delete files by lakehouse paths: /mnt/…, /Volumes/…, dbfs:/….

    \b
    Examples:
      %fs ls /mnt/raw
      %fs head /mnt/raw/orders.csv
      %fs cp /tmp/orders.csv /mnt/raw/orders.csv
      %fs rm /mnt/raw/old --recursive
    """


def _find(context: CommandContext, path: str) -> LakeFile:
    return LakeFiles(context.home, context.config).find(path)


@contextmanager
def _worded(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise CommandError(f"There is no file or folder {path}.") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}.") from error


@fs_command.command("ls")
@click.argument("path", default="/mnt")
@click.pass_obj
def ls_command(context: CommandContext, path: str) -> None:
    """List a folder: path, name, size in bytes, time of the last change.

    \b
    Example:
      %fs ls /mnt/raw
    """
    import pyarrow as pa

    found = _find(context, path)
    with _worded(path):
        entries = sorted(found.local.iterdir()) if found.local.is_dir() else [found.local]
        listed = [(entry, entry.lstat()) for entry in entries]
    folders = [entry.is_dir() for entry, _ in listed]
    context.emit_table(
        pa.table(
            {
                "path": pa.array([found.child(entry) for entry, _ in listed], pa.string()),
                "name": pa.array(
                    [
                        entry.name + ("/" if folder else "")
                        for (entry, _), folder in zip(listed, folders, strict=True)
                    ],
                    pa.string(),
                ),
                "size": pa.array(
                    [
                        0 if folder else stat.st_size
                        for (_, stat), folder in zip(listed, folders, strict=True)
                    ],
                    pa.int64(),
                ),
                "modified": pa.array(
                    [datetime.fromtimestamp(stat.st_mtime, timezone.utc) for _, stat in listed],
                    pa.timestamp("us", "UTC"),
                ),
            }
        )
    )


@fs_command.command("head")
@click.argument("path")
@click.option(
    "--bytes", "count", type=click.IntRange(min=1), default=_HEAD, metavar="N", show_default=True,
    help="How much.",
)  # fmt: skip
@click.pass_obj
def head_command(context: CommandContext, path: str, count: int) -> None:
    """Print the beginning of a file.

    \b
    Example:
      %fs head /mnt/raw/orders.csv --bytes 500
    """
    local = _find(context, path).local
    with _worded(path), local.open("rb") as file:
        text = file.read(count)
        more = bool(file.read(1))
    context.print(text.decode("utf-8", "replace"))
    if more:
        context.notice(f"Only the first {count:,} bytes of {path} were shown.")


@fs_command.command("mkdirs")
@click.argument("path")
@click.pass_obj
def mkdirs_command(context: CommandContext, path: str) -> None:
    """Make a folder, and those above it that are missing.

    \b
    Example:
      %fs mkdirs /mnt/raw/2024
    """
    with _worded(path):
        _find(context, path).local.mkdir(parents=True, exist_ok=True)


@fs_command.command("cp")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("-r", "--recursive", is_flag=True, help="Copy a folder and all in it.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def cp_command(
    context: CommandContext, source: str, target: str, recursive: bool, overwrite: bool
) -> None:
    """Copy a file or a folder; into TO if that is a folder.

    \b
    Examples:
      %fs cp /tmp/orders.csv /mnt/raw/
      %fs cp /mnt/raw /mnt/backup --recursive
    """
    origin, place = _find(context, source).local, _find(context, target).local
    if target.endswith("/") or place.is_dir():
        place = place / origin.name
    if origin.is_dir() and not recursive:
        raise UsageError(f"{source} is a folder.", hint="--recursive copies it.")
    if place.exists() and not overwrite:
        raise CommandError(f"{target} exists already.", hint="--overwrite replaces it.")
    if place == origin or origin in place.parents:
        raise UsageError("A folder cannot be copied into itself.")
    with _worded(source):
        origin.stat()
        place.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, place, dirs_exist_ok=overwrite)
        else:
            shutil.copyfile(origin, place)


@fs_command.command("rm")
@click.argument("path")
@click.option("-r", "--recursive", is_flag=True, help="Delete a folder and all in it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def rm_command(context: CommandContext, path: str, recursive: bool, yes: bool) -> None:
    """Delete a file or a folder of the lakehouse, for good.

    Nothing outside /mnt, /Volumes, dbfs:/ and the mounts, and never one of these as a whole.

    \b
    Examples:
      %fs rm /mnt/raw/orders.csv
      %fs rm /mnt/raw/2023 --recursive --yes
    """
    found = _find(context, path)
    if found.root is None:
        raise UsageError(f"{path} is not in the lakehouse.", hint=f"%sh rm {path}")
    if found.is_root:
        raise UsageError(f"{path} is a whole mount; delete what is in it.")
    with _worded(path):
        folder = found.local.is_dir()
        found.local.lstat()
        if folder and not recursive:
            raise UsageError(f"{path} is a folder.", hint="--recursive deletes it.")
        count = sum(1 for below in found.local.rglob("*") if below.is_file()) if folder else 1
    what = f"{path} and the {count:,} files in it" if folder else path
    if not agreed(context, f"Delete {what} for good?", yes=yes):
        return
    with _worded(path):
        _delete(found.local, folder)


def _delete(path: Path, folder: bool) -> None:
    if folder:
        shutil.rmtree(path)
    else:
        path.unlink()
