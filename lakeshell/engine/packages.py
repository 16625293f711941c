"""Jars that a person adds by their Maven coordinates, as JDBC drivers are.

They are fetched with what they need at run time. The SHA-256 of every file is noted in the home
when a package is first fetched; a file that is another one later is refused.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakeshell.config import Config
from lakeshell.engine.ivy import find_ivy, reason, retrieved
from lakeshell.engine.jars import LIBRARIES, cache_folder, fetching, pyspark_jars, sha256
from lakeshell.engine.java import Java
from lakeshell.errors import JarsMissing, UsageError
from lakeshell.home import Home

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")
_VERSIONED = re.compile(r"(.+?)-\d")


@dataclass(frozen=True)
class Package:
    """An artifact of a Maven repository."""

    group: str
    artifact: str
    version: str

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"


@dataclass(frozen=True)
class Noted:
    """A file as it was when its package was first fetched; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Wanted:
    """A package that the server is to have, and who says so: `added` or `lakeshell.toml`.

    `files` is empty until it has been fetched once.
    """

    package: Package
    origin: str
    files: tuple[Noted, ...] = ()


def parse_package(text: str) -> Package:
    """`group:artifact:version` as a package. Raises UsageError."""
    parts = text.strip().split(":")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise UsageError(
            f"{text!r} is not GROUP:ARTIFACT:VERSION.",
            hint="For example: org.postgresql:postgresql:42.7.4",
        )
    return Package(*parts)


def wanted_packages(home: Home, config: Config) -> list[Wanted]:
    """What the server of `home` is to have beside the pinned jars, in a fixed order.

    What was added to a home that is not trusted does not count: it is code.
    """
    record = _read(home)
    origins = {parse_package(text): "lakeshell.toml" for text in config.jars.packages}
    if home.trusted:
        origins.update((parse_package(text), "added") for text in record["added"])
    return [
        Wanted(package, origin, _noted(record, package))
        for package, origin in sorted(origins.items(), key=lambda item: item[0].coordinate)
    ]


def add_package(
    home: Home, config: Config, package: Package, java: Java
) -> tuple[Wanted, list[Path]]:
    """Fetch a package, note its files, and let the next server have it. Raises JarsMissing."""
    wanted = Wanted(package, "added", _noted(_read(home), package))
    jars = _ensure(home, config, wanted, java)
    record = _read(home)
    record["added"] = sorted({*record["added"], package.coordinate})
    _write(home, record)
    return Wanted(package, "added", _noted(record, package)), jars


def remove_package(home: Home, package: Package) -> bool:
    """Forget a package that was added, and what was noted of it; False when it was not there."""
    record = _read(home)
    if package.coordinate not in record["added"]:
        return False
    record["added"] = [text for text in record["added"] if text != package.coordinate]
    record["files"].pop(package.coordinate, None)
    _write(home, record)
    return True


def package_jars(home: Home, config: Config, java: Java) -> list[Path]:
    """The jars of all wanted packages, fetched first if need be.

    Raises JarsMissing for one that cannot be had, or that is not what was noted.
    """
    found: dict[str, Path] = {}
    for wanted in wanted_packages(home, config):
        for path in _ensure(home, config, wanted, java):
            found.setdefault(path.name, path)
    return list(found.values())


def packages_to_fetch(home: Home, config: Config) -> list[Package]:
    """Those whose files are not all in the cache."""
    cache = cache_folder(config.jars.cache)
    return [w.package for w in wanted_packages(home, config) if _in_cache(cache, w.files) is None]


def install_packages(home: Home, config: Config, folder: Path) -> list[Package]:
    """Copy what wanted packages lack from below `folder` (a machine without a network); those that
    were taken with their own jar alone, because nothing is noted of what else they need.

    Raises JarsMissing, with the names of all files that are not there.
    """
    cache = cache_folder(config.jars.cache)
    lacking: list[str] = []
    alone: list[Package] = []
    for wanted in wanted_packages(home, config):
        if _in_cache(cache, wanted.files) is not None:
            continue
        package = wanted.package
        own = f"{package.artifact}-{package.version}.jar"
        names = [file.name for file in wanted.files] or [own]
        known = {file.name: file.sha256 for file in wanted.files}
        taken = [_copy(name, known.get(name), folder, cache) for name in names]
        lacking += [name for name, file in zip(names, taken, strict=True) if file is None]
        if not wanted.files and taken[0] is not None:
            _note(home, package, [taken[0]])
            alone.append(package)
    if lacking:
        raise JarsMissing(
            f"Jars of added packages are not in {folder}.", hint=f"Needed: {', '.join(lacking)}."
        )
    return alone


def _copy(name: str, wanted: str | None, folder: Path, cache: Path) -> Noted | None:
    """A file of that name, and of that SHA-256 if it is known, from below a folder."""
    for path in sorted(folder.rglob("*.jar")):
        if path.name != name or (wanted is not None and sha256(path) != wanted):
            continue
        file = Noted(name, path.stat().st_size, sha256(path))
        target = cache / "packages" / file.sha256
        target.mkdir(parents=True, exist_ok=True)
        part = target / f".{name}.{os.getpid()}.part"
        shutil.copyfile(path, part)
        part.replace(target / name)
        return file
    return None


def _note(home: Home, package: Package, files: Iterable[Noted]) -> None:
    record = _read(home)
    record["files"][package.coordinate] = [[file.name, file.size, file.sha256] for file in files]
    _write(home, record)


def _ensure(home: Home, config: Config, wanted: Wanted, java: Java) -> list[Path]:
    cache = cache_folder(config.jars.cache)
    found = _in_cache(cache, wanted.files)
    if found is None:
        (cache / "packages").mkdir(parents=True, exist_ok=True)
        with fetching(cache):
            files = _fetch(cache, wanted, java, config.jars.repository)
        if not wanted.files:
            _note(home, wanted.package, files)
        found = _in_cache(cache, files)
    assert found is not None
    return found


def _in_cache(cache: Path, files: Sequence[Noted]) -> list[Path] | None:
    """Where the files are; None when one is missing or another, or nothing is noted."""
    paths = [cache / "packages" / file.sha256 / file.name for file in files]
    for path, file in zip(paths, files, strict=True):
        if not path.is_file() or path.stat().st_size != file.size or sha256(path) != file.sha256:
            return None
    return paths or None


def _fetch(cache: Path, wanted: Wanted, java: Java, repository: str | None) -> list[Noted]:
    package = wanted.package
    with retrieved(
        [package],
        ivy=find_ivy(pyspark_jars()),
        java=java,
        cache=cache,
        repository=repository,
        transitive=True,
    ) as (folder, output):
        own = folder / package.group / package.artifact / package.version
        fetched = sorted(path for path in folder.rglob("*.jar") if not _spark_has(path))
        if not any(own in path.parents for path in fetched):
            why = reason(output)
            raise JarsMissing(
                f"{package.coordinate} could not be fetched{': ' + why if why else ''}.",
                hint="Check the coordinates, and the network or [jars] repository. "
                "Without a network name it in [jars] packages of lakeshell.toml, then: "
                "lakeshell setup --jars DIR",
            )
        files = [Noted(path.name, path.stat().st_size, sha256(path)) for path in fetched]
        if wanted.files:
            _compare(package, wanted.files, files)
        for path, file in zip(fetched, files, strict=True):
            target = cache / "packages" / file.sha256
            target.mkdir(exist_ok=True)
            path.replace(target / file.name)
    return files


def _spark_has(path: Path) -> bool:
    """Whether Spark brings this artifact: a second version would be in its way."""
    return path.parent.parent.name in _names_of_spark()


def _names_of_spark() -> set[str]:
    names = {jar.artifact for jar in LIBRARIES}
    for path in pyspark_jars():
        if versioned := _VERSIONED.match(path.name):
            names.add(versioned[1])
    return names


def _compare(package: Package, noted: Iterable[Noted], fetched: Iterable[Noted]) -> None:
    known = {file.name: file.sha256 for file in noted}
    for file in fetched:
        if known.get(file.name) != file.sha256:
            raise JarsMissing(
                f"{file.name} of {package.coordinate} is not the file that was fetched first: "
                "its SHA-256 is another.",
                hint=f"If you trust the new one: lakeshell jars remove {package.coordinate}, "
                "then add it again.",
            )


# The record in the home
def _read(home: Home) -> dict[str, Any]:
    """`{"added": [coordinates], "files": {coordinates: [[name, size, sha256]]}}`."""
    try:
        record = json.loads(home.packages_file.read_text(encoding="utf-8"))
        return {"added": list(record["added"]), "files": dict(record["files"])}
    except FileNotFoundError:
        return {"added": [], "files": {}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JarsMissing(
            f"{home.packages_file} cannot be read.",
            hint="Remove it and add the packages again: lakeshell jars add …",
        ) from error


def _write(home: Home, record: dict[str, Any]) -> None:
    part = home.packages_file.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        part.replace(home.packages_file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise JarsMissing(f"{home.packages_file} cannot be written: {error.strerror}.") from error


def _noted(record: dict[str, Any], package: Package) -> tuple[Noted, ...]:
    return tuple(Noted(*file) for file in record["files"].get(package.coordinate, ()))
