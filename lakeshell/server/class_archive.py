"""Class data sharing: the first server of a set of jars leaves an archive that halves later starts.

Two layers. The base is Java's own classes, which a Java from pip comes without; the JVM dumps it in
a second. On top, the classes that a whole run of Spark has loaded, which a JVM writes when it ends
in good order (`-XX:ArchiveClassesAtExit`). Both are used only by the same Java with the same class
path and flags, which the files' names stand for.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lakeshell.engine.java import Java

_DUMP_TIMEOUT = 60.0  # seconds


@dataclass(frozen=True)
class ClassArchive:
    """`file` is the finished archive; `part` is where this process's JVM would write one."""

    base: Path
    file: Path
    part: Path

    @property
    def will_be_written(self) -> bool:
        """Whether this process's JVM writes the archive when it ends."""
        return not self.file.exists() and self.base.exists()

    def options(self) -> list[str]:
        """JVM flags: use the archive, or make it at the end. A damaged one is passed over."""
        if self.file.exists():
            return [f"-XX:SharedArchiveFile={self.file}", "-Xshare:auto", "-Xlog:cds=off"]
        if self.base.exists():
            return [f"-XX:SharedArchiveFile={self.base}", f"-XX:ArchiveClassesAtExit={self.part}"]
        return []

    def finish(self, exit_code: int) -> None:
        """After the JVM has ended: publish what it wrote, or throw it away."""
        if exit_code == 0 and self.part.exists():
            self.part.replace(self.file)
        self.part.unlink(missing_ok=True)


def class_archive(
    cache: Path, java: Java, class_path: list[Path], options: list[str]
) -> ClassArchive:
    """The archive for this Java, class path and these flags; its base is made if need be."""
    identity = hashlib.sha256()
    for text in (java.full_version, str(java.executable), *options):
        identity.update(text.encode() + b"\0")
    base_name = identity.hexdigest()[:16]
    for path in class_path:
        stat = path.stat()
        # The JVM itself refuses an archive when a jar's time or size has changed.
        identity.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\0".encode())
    name = identity.hexdigest()[:16]
    folder = cache / "cds"
    folder.mkdir(parents=True, exist_ok=True)
    archive = ClassArchive(
        base=folder / f"base-{base_name}.jsa",
        file=folder / f"spark-{name}.jsa",
        part=folder / f"spark-{name}.{os.getpid()}.part",
    )
    if not archive.file.exists() and not archive.base.exists():
        _dump_base(java, archive.base, options)
    return archive


def _dump_base(java: Java, base: Path, options: list[str]) -> None:
    part = base.with_suffix(f".{os.getpid()}.part")
    command = [str(java.executable), *options, f"-XX:SharedArchiveFile={part}", "-Xshare:dump"]
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_DUMP_TIMEOUT,
            check=True,
        )
        part.replace(base)
    except (OSError, subprocess.SubprocessError):
        part.unlink(missing_ok=True)  # starts are slower without, and work
