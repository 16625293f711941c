"""The jars that Spark needs beside its own: pinned, verified, fetched once.

Ivy, which ships inside pyspark, fetches them into a cache outside every home. A file counts only
if its SHA-256 is the pinned one, so nothing that another tool left in a shared cache can matter.
Later starts read no network.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lakeshell.engine.ivy import FetchProgress, file_below, find_ivy, reason, retrieved
from lakeshell.engine.java import Java
from lakeshell.errors import JarsMissing
from lakeshell.locks import FileLock


@dataclass(frozen=True)
class Jar:
    """One pinned artifact; `size` in bytes."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        """As Maven names it."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"


# On the server's class path. Delta's own tree names more; all of that pyspark has already.
LIBRARIES: tuple[Jar, ...] = (
    Jar("io.delta", "delta-spark_4.2_2.13", "4.4.0", 9515916,
        "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead"),
    Jar("io.delta", "delta-storage", "4.4.0", 113863,
        "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc"),
    Jar("io.delta", "delta-kernel-api", "4.4.0", 2838619,
        "ee9b5a14ac3b7efdff4d61a58478fe8eb0e5a3fbca43889dca7290795fe79a11"),
    Jar("io.delta", "delta-kernel-defaults", "4.4.0", 227185,
        "225c975199e4718b38ee5b7e6da7f19e9585024262b2cec2656b32151a856b0b"),
    Jar("io.delta", "delta-kernel-unitycatalog", "4.4.0", 43048,
        "cea22dfb4ac562b3cd27bf652697750e8336009d73fb06631363aaaad5345ffa"),
    Jar("io.unitycatalog", "unitycatalog-client", "0.6.0", 564136,
        "48257499a86b801a3e2372cec55ac226ca1c1c7eabe5c118e7302f29a1fdbc19"),
    Jar("io.unitycatalog", "unitycatalog-hadoop", "0.6.0", 78389,
        "c47b63c961c87102b9e1d63809a0915ba4c86b7652f57c8d39ca3a05b441a150"),
    Jar("org.apache.spark", "spark-avro_2.13", "4.2.0", 92286,
        "4c186cedc03cbe4ee356a94b32232b347ef48611c3209400b3a77e4fe4abff4f"),
    Jar("org.apache.spark", "spark-sql-kafka-0-10_2.13", "4.2.0", 494879,
        "64539c45e5d39f7ddb747312c239f38f5208d08c1a0ddf7d70beb2fbd9373705"),
    Jar("org.apache.spark", "spark-token-provider-kafka-0-10_2.13", "4.2.0", 66617,
        "641c7947afc8aa1189e433b7c2d305293993c8691bc1c2062d6d4f513b12518c"),
    Jar("org.apache.kafka", "kafka-clients", "3.9.2", 9220052,
        "014b4ef36884478a932641818b080c36a8f8e2e92dc771e800c9d2694f4f83d8"),
    # Spark's Kafka source asks for it only when a task runs.
    Jar("org.apache.commons", "commons-pool2", "2.13.1", 156457,
        "f77a5060d6936a9144023584232f9de3f2248f1abfe156e9d31795f18770674f"),
)  # fmt: skip

# Eclipse's compiler, which needs no JDK. It compiles lakeshell's own classes and is on no class
# path of the server.
COMPILER = Jar("org.eclipse.jdt", "ecj", "3.40.0", 3312549,
    "05cc22a24e7982970f63a405fc6c820bc80b806f27f3c5a6236fc475f8f7152b")  # fmt: skip

PINNED: tuple[Jar, ...] = (*LIBRARIES, COMPILER)

TOTAL_BYTES = sum(jar.size for jar in PINNED)


def cache_folder(configured: str | None = None) -> Path:
    """Where the jars (and class archives) are kept: `[jars] cache`, else the user's cache."""
    if configured:
        return Path(configured).expanduser().resolve()
    import platformdirs

    return Path(platformdirs.user_cache_dir("lakeshell", appauthor=False))


def pyspark_jars() -> list[Path]:
    """The jars inside the installed pyspark, in a fixed order."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise JarsMissing("The package pyspark is missing.", hint="pip install lakeshell")
    return sorted((Path(spec.origin).parent / "jars").glob("*.jar"))


def cached_jars(cache: Path) -> list[Path]:
    """The jars in `cache` for Spark's class path; JarsMissing if a pinned one is not there.

    A file is hashed once: its size and time are noted beside it, and hashed again when they change.
    """
    missing = missing_jars(cache)
    if missing:
        raise _missing(missing, cache, "")
    return [cache / "jars" / jar.file_name for jar in LIBRARIES]


def compiler_jar(cache: Path) -> Path:
    """Where `ensure_jars` has put the compiler."""
    return cache / "jars" / COMPILER.file_name


def missing_jars(cache: Path) -> list[Jar]:
    """The pinned jars that are absent from `cache` or have other content."""
    folder = cache / "jars"
    seen = _read_verified(folder)
    verified: dict[str, str] = {}
    missing = []
    for jar in PINNED:
        path = folder / jar.file_name
        stamp = _stamp(path)
        if stamp is None:
            missing.append(jar)
        elif seen.get(jar.file_name) == f"{stamp}:{jar.sha256}" or sha256(path) == jar.sha256:
            verified[jar.file_name] = f"{stamp}:{jar.sha256}"
        else:
            missing.append(jar)
    if verified != seen and folder.is_dir():
        _write_verified(folder, verified)
    return missing


def ensure_jars(
    cache: Path, java: Java, *, repository: str | None = None, progress: FetchProgress | None = None
) -> list[Path]:
    """The jars for Spark's class path; all pinned ones are fetched first if need be.

    JarsMissing names what could not be had.
    """
    if not missing_jars(cache):
        return cached_jars(cache)
    _writable(cache)
    with fetching(cache):
        missing = missing_jars(cache)
        if missing:
            _fetch(missing, cache, java, repository, progress)
        return cached_jars(cache)


@contextmanager
def fetching(cache: Path) -> Iterator[None]:
    """One fetch into `cache` at a time: of two first runs the second waits and finds the jars.
    Raises JarsMissing after ten minutes."""
    lock = FileLock(cache / "jars.lock")
    if not lock.acquire(timeout=600):
        raise JarsMissing(f"Another process has been fetching jars into {cache} for ten minutes.")
    with lock:
        yield


def install_jars(cache: Path, folder: Path) -> list[Path]:
    """Copy the pinned jars from `folder` (a machine without a network). Raises JarsMissing."""
    _writable(cache)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        _take(missing_jars(cache), folder, cache / "jars", Path(scratch))
    still = missing_jars(cache)
    if still:
        wrong = [jar for jar in still if (folder / jar.file_name).exists()]
        why = "".join(f"\n{jar.file_name} there has another SHA-256." for jar in wrong)
        raise _missing(still, folder, why)
    return cached_jars(cache)


def _writable(cache: Path) -> None:
    try:
        (cache / "jars").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise JarsMissing(
            f"The jar cache {cache} cannot be written: {error.strerror}.",
            hint="Set LAKESHELL_JARS to a folder that can.",
        ) from error


def _fetch(
    missing: list[Jar],
    cache: Path,
    java: Java,
    repository: str | None,
    progress: FetchProgress | None,
) -> None:
    why = fetch_pinned(missing, cache / "jars", cache, java, repository, progress)
    still = missing_jars(cache)
    if still:
        raise _missing(still, cache, f"\n{why}" if why else "")


def fetch_pinned(
    missing: list[Jar],
    place: Path,
    cache: Path,
    java: Java,
    repository: str | None,
    progress: FetchProgress | None,
) -> str:
    """Fetch jars into the folder `place`, each only if it is what was pinned; what Ivy says of
    those that it did not get."""
    with retrieved(
        missing,
        ivy=find_ivy(pyspark_jars()),
        java=java,
        cache=cache,
        repository=repository,
        total=sum(jar.size for jar in missing),
        progress=progress,
    ) as (folder, output):
        for jar in missing:
            _take([jar], file_below(folder, jar).parent, place, folder)
    return reason(output)


def _take(jars: list[Jar], folder: Path, place: Path, scratch: Path) -> None:
    """Move into `place`, each at once, those files of `folder` that are what was pinned."""
    for jar in jars:
        source = folder / jar.file_name
        if source.is_file() and sha256(source) == jar.sha256:
            part = scratch / f"{jar.file_name}.part"
            shutil.copyfile(source, part)
            part.replace(place / jar.file_name)


def _missing(jars: list[Jar], where: Path, why: str) -> JarsMissing:
    names = "\n".join(f"  {jar.coordinate}  ({jar.file_name})" for jar in jars)
    return JarsMissing(
        f"{len(jars)} of the {len(PINNED)} jars that Spark needs are not in {where}:\n{names}{why}",
        hint="With a network: lakeshell setup. Without one: put these files into a folder and run "
        "lakeshell setup --jars FOLDER.",
    )


def _stamp(path: Path) -> str | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _read_verified(folder: Path) -> dict[str, str]:
    try:
        seen = json.loads((folder / "verified.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}


def _write_verified(folder: Path, verified: dict[str, str]) -> None:
    part = folder / f"verified.{os.getpid()}.part"
    try:
        part.write_text(json.dumps(verified), encoding="utf-8")
        part.replace(folder / "verified.json")
    except OSError:
        part.unlink(missing_ok=True)  # a read-only cache is hashed at every start instead
