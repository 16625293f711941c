"""Fetching from Maven repositories by Ivy, which ships inside pyspark."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import quoteattr

from lakeshell.engine.java import Java
from lakeshell.engine.truststore import PASSWORD, system_certificates, write_truststore
from lakeshell.errors import JarsMissing

FetchProgress = Callable[[int, int], None]  # bytes done, bytes in all

_BY_COORDINATES = "[organisation]/[artifact]/[revision]/[artifact]-[revision].[ext]"


class Coordinates(Protocol):
    """What Maven calls an artifact by."""

    @property
    def group(self) -> str:
        """`org.postgresql`."""

    @property
    def artifact(self) -> str:
        """`postgresql`."""

    @property
    def version(self) -> str:
        """`42.7.4`."""


@contextmanager
def retrieved(
    wanted: Sequence[Coordinates],
    *,
    ivy: Path,
    java: Java,
    cache: Path,
    repository: str | None = None,
    transitive: bool = False,
    total: int = 0,
    progress: FetchProgress | None = None,
) -> Iterator[tuple[Path, str]]:
    """A folder with the files, as group/artifact/version/artifact-version.jar, and what Ivy said.

    With `transitive` also what they need at run time. The folder lies in `cache` and lives as long
    as the context. Missing files are no error here: whoever wanted them looks. `total` bytes are
    expected, of which `progress` is told.
    """
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as scratch_name:
        scratch = Path(scratch_name)
        (scratch / "settings.xml").write_text(_settings(repository, transitive), encoding="utf-8")
        (scratch / "ivy.xml").write_text(_module(wanted, transitive), encoding="utf-8")
        command: list[str | os.PathLike[str]] = [java.executable]
        certificates = system_certificates()
        if certificates:
            write_truststore(scratch / "trust.jks", certificates)
            command += [
                f"-Djavax.net.ssl.trustStore={scratch / 'trust.jks'}",
                f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
            ]
        command += _proxy_options()
        command += ["-jar", ivy, "-settings", scratch / "settings.xml", "-ivy", scratch / "ivy.xml"]
        command += ["-cache", scratch / "cache", "-retrieve", f"{scratch}/out/{_BY_COORDINATES}"]
        output = _run(command, scratch, total, progress)
        (cache / "last-fetch.log").write_text(output, encoding="utf-8")
        yield scratch / "out", output


def file_below(folder: Path, jar: Coordinates) -> Path:
    """Where `retrieved` leaves an artifact."""
    name = f"{jar.artifact}-{jar.version}.jar"
    return folder / jar.group / jar.artifact / jar.version / name


def reason(output: str) -> str:
    """The line in what Ivy said that tells why something is missing; empty if none does."""
    for line in output.splitlines():
        if "Server access error" in line or "UnknownHost" in line or "Exception" in line:
            return line.strip()[:300]
    return ""


def find_ivy(pyspark_jars: Sequence[Path]) -> Path:
    """Ivy's jar among those of pyspark."""
    for jar in pyspark_jars:
        if jar.name.startswith("ivy-"):
            return jar
    raise JarsMissing("This pyspark has no Ivy among its jars.", hint="pip install lakeshell")


def _run(
    command: list[str | os.PathLike[str]],
    scratch: Path,
    total: int,
    progress: FetchProgress | None,
) -> str:
    log = scratch / "ivy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            while process.poll() is None:
                if progress:
                    progress(min(_bytes_below(scratch / "cache"), total), total)
                time.sleep(0.1)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if progress:
        progress(total, total)
    return log.read_text(encoding="utf-8", errors="replace")


def _settings(repository: str | None, transitive: bool) -> str:
    root = f" root={quoteattr(repository)}" if repository else ""
    poms = "true" if transitive else "false"
    return (
        '<ivysettings><settings defaultResolver="central"/><resolvers>'
        f'<ibiblio name="central" m2compatible="true" usepoms="{poms}"{root}/>'
        "</resolvers></ivysettings>"
    )


def _module(wanted: Sequence[Coordinates], transitive: bool) -> str:
    # Maven's scopes compile and runtime are Ivy's configuration "default" of a dependency.
    configurations = '<configurations><conf name="default"/></configurations>'
    more = 'conf="default->default"' if transitive else 'transitive="false"'
    dependencies = "".join(
        f"<dependency org={quoteattr(jar.group)} name={quoteattr(jar.artifact)} "
        f"rev={quoteattr(jar.version)} {more}/>"
        for jar in wanted
    )
    return (
        '<ivy-module version="2.0"><info organisation="lakeshell" module="jars"/>'
        f"{configurations if transitive else ''}"
        f"<dependencies>{dependencies}</dependencies></ivy-module>"
    )


def _proxy_options() -> Iterator[str]:
    """Java does not read http_proxy and https_proxy; everything else on the machine does."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    for scheme, address in getproxies().items():
        parts = urlsplit(address if "//" in address else f"//{address}")
        if scheme in ("http", "https") and parts.hostname:
            yield f"-D{scheme}.proxyHost={parts.hostname}"
            yield f"-D{scheme}.proxyPort={parts.port or 80}"


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except OSError:
                continue
    return total
