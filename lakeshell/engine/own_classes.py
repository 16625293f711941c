"""lakeshell's own Java classes, compiled once by Janino, the compiler that ships inside pyspark."""

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

_SOURCES = tuple(sorted(Path(__file__).parent.glob("*.java")))
_COMPILER = "org.codehaus.commons.compiler.samples.CompilerDemo"
_ANY_TIME = (1980, 1, 1, 0, 0, 0)  # the same classes make the same file
_TIMEOUT = 60.0  # seconds


def own_classes(cache: Path, java: Java, pyspark_jars: Sequence[Path]) -> Path:
    """The jar of them in `cache`, made if need be. Raises ServerError when that fails."""
    identity = hashlib.sha256(java.full_version.encode())
    for source in _SOURCES:
        identity.update(source.read_bytes())
    identity.update("".join(jar.name for jar in pyspark_jars).encode())
    finished = cache / "classes" / f"lakeshell-{identity.hexdigest()[:16]}.jar"
    if not finished.exists():
        try:
            finished.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=finished.parent) as scratch:
                _compile(java, pyspark_jars, Path(scratch))
                part = Path(scratch) / "part.jar"
                _pack(Path(scratch) / "out", part)
                part.replace(finished)
        except OSError as error:
            raise ServerError(
                f"The cache {cache} cannot be written: {error.strerror}.",
                hint="Run lakeshell setup as its owner, or set LAKESHELL_JARS to another folder.",
            ) from error
    return finished


def _compile(java: Java, pyspark_jars: Sequence[Path], scratch: Path) -> None:
    (scratch / "out").mkdir()
    own = [jar for jar in pyspark_jars if jar.name.startswith(("janino-", "commons-compiler-"))]
    compiler, libraries = (os.pathsep.join(map(str, jars)) for jars in (own, pyspark_jars))
    command = [
        str(java.executable), "-XX:TieredStopAtLevel=1", "-cp", compiler, _COMPILER,
        "-d", str(scratch / "out"), "-classpath", libraries, *map(str, _SOURCES),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT,
            check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    if not any((scratch / "out").rglob("*.class")):
        raise ServerError(f"lakeshell's own Java classes could not be compiled: {said.strip()}")


def _pack(folder: Path, jar: Path) -> None:
    with zipfile.ZipFile(jar, "w") as archive:
        for path in sorted(folder.rglob("*.class")):
            name = path.relative_to(folder).as_posix()
            archive.writestr(zipfile.ZipInfo(name, _ANY_TIME), path.read_bytes())
