"""lakeshell's own Java classes (the sources in `java/`), compiled once by Eclipse's compiler."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lakeshell.engine.java import Java
from lakeshell.errors import ServerError

_FOLDER = Path(__file__).parent / "java"
_ANY_TIME = (1980, 1, 1, 0, 0, 0)  # the same classes make the same file
_TIMEOUT = 120.0  # seconds


def own_classes(cache: Path, java: Java, libraries: Sequence[Path], compiler: Path) -> Path:
    """The jar of them in `cache`, made if need be. Raises ServerError when that fails.

    They are compiled against `libraries`, by the jar `compiler`.
    """
    sources, resources = _files()
    identity = hashlib.sha256(f"{java.full_version} {compiler.name}".encode())
    for path in (*sources, *resources):
        identity.update(path.relative_to(_FOLDER).as_posix().encode())
        identity.update(path.read_bytes())
    identity.update("".join(jar.name for jar in libraries).encode())
    finished = cache / "classes" / f"lakeshell-{identity.hexdigest()[:16]}.jar"
    if not finished.exists():
        try:
            finished.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=finished.parent) as scratch:
                classes = Path(scratch) / "out"
                _compile(java, compiler, libraries, sources, classes)
                part = Path(scratch) / "part.jar"
                _pack(classes, resources, part)
                part.replace(finished)
        except OSError as error:
            raise ServerError(
                f"The cache {cache} cannot be written: {error.strerror}.",
                hint="Run lakeshell setup as its owner, or set LAKESHELL_JARS to another folder.",
            ) from error
    return finished


def _files() -> tuple[list[Path], list[Path]]:
    """The sources, and the files that go into the jar as they are."""
    return sorted(_FOLDER.rglob("*.java")), sorted((_FOLDER / "META-INF").rglob("*.*"))


def _compile(
    java: Java, compiler: Path, libraries: Sequence[Path], sources: Sequence[Path], out: Path
) -> None:
    command = [
        str(java.executable), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(compiler),
        "-17", "-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", str(out),
        "-classpath", os.pathsep.join(map(str, libraries)), *map(str, sources),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT,
            check=False,
        )  # fmt: skip
        said, failed = done.stdout + done.stderr, done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        said, failed = str(error), True
    if failed:
        raise ServerError(f"lakeshell's own Java classes could not be compiled: {said.strip()}")


def _pack(classes: Path, resources: Sequence[Path], jar: Path) -> None:
    entries = [(path.relative_to(classes), path) for path in sorted(classes.rglob("*.class"))]
    entries += [(path.relative_to(_FOLDER), path) for path in resources]
    with zipfile.ZipFile(jar, "w") as archive:
        for name, path in entries:
            archive.writestr(zipfile.ZipInfo(name.as_posix(), _ANY_TIME), path.read_bytes())
