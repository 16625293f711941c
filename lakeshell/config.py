"""Settings: flags over environment over lakeshell.toml over defaults.

lakeshell.toml is read from the user's configuration folder and then from the home, whose values
win. Never from the working directory.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeshell.errors import ConfigError
from lakeshell.home import Home


@dataclass(frozen=True)
class ServerSettings:
    """`[server]`: the JVM and its supervisor."""

    java: str | None = None  # a Java home; JAVA_HOME counts when it is 17 or 21
    driver_memory: str | None = None  # as java -Xmx takes it; default: 40 % of RAM, 1 to 8 GiB
    auto_stop_minutes: float = 30.0  # without a shell or a stream; 0 never
    connect_port: int = 0  # 0: any free port
    control_port: int = 0
    start_timeout: float = 180.0  # seconds
    spark: Mapping[str, str] = field(default_factory=dict)  # further Spark settings


@dataclass(frozen=True)
class JarSettings:
    """`[jars]`: where Spark's additional jars come from."""

    cache: str | None = None  # default: the user's cache folder
    repository: str | None = None  # a mirror of Maven Central
    packages: tuple[str, ...] = ()  # GROUP:ARTIFACT:VERSION of JDBC drivers and the like


@dataclass(frozen=True)
class ShellSettings:
    """`[shell]`: what a person sees."""

    limit: int = 1000  # rows fetched of a query; 0: all
    format: str = "table"
    edit_mode: str = "emacs"  # or vi
    pager: bool = True
    timing: bool = True
    theme: str = "auto"  # auto | light | dark | none
    confirm_destructive: bool = False
    history: bool = True


@dataclass(frozen=True)
class TuiSettings:
    """`[tui]`: the full-screen face."""

    theme: str = "lakeshell-dark"
    limit: int = 10_000  # rows fetched of a query; 0: all
    confirm_destructive: bool = True
    mouse: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)  # binding id → keys, `ctrl+r,f5`


@dataclass(frozen=True)
class KafkaSettings:
    """`[kafka]`: which brokers Python cells mean."""

    servers: Mapping[str, str] = field(default_factory=dict)  # as in the code → where it really is


@dataclass(frozen=True)
class TableSettings:
    """`[tables]`: what is kept of tables."""

    undrop_days: float = 7.0  # that UNDROP TABLE can bring a dropped one back; 0: never


@dataclass(frozen=True)
class Config:
    """All settings of one run. `variables` are the `${name}` that statements see at first."""

    server: ServerSettings = field(default_factory=ServerSettings)
    jars: JarSettings = field(default_factory=JarSettings)
    shell: ShellSettings = field(default_factory=ShellSettings)
    tui: TuiSettings = field(default_factory=TuiSettings)
    kafka: KafkaSettings = field(default_factory=KafkaSettings)
    tables: TableSettings = field(default_factory=TableSettings)
    variables: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, str] = field(default_factory=dict)


_SECTIONS: dict[str, type] = {
    "server": ServerSettings,
    "jars": JarSettings,
    "shell": ShellSettings,
    "tui": TuiSettings,
    "kafka": KafkaSettings,
    "tables": TableSettings,
}
_TABLES = ("variables", "mounts")

_ENVIRONMENT = {
    "LAKESHELL_JAVA": ("server", "java"),
    "LAKESHELL_DRIVER_MEMORY": ("server", "driver_memory"),
    "LAKESHELL_AUTO_STOP_MINUTES": ("server", "auto_stop_minutes"),
    "LAKESHELL_JARS": ("jars", "cache"),
    "LAKESHELL_FORMAT": ("shell", "format"),
}


def load_config(home: Home) -> Config:
    """Read the settings that count for `home`.

    Raises ConfigError naming the file and the setting that cannot be used. A home that was
    merely found in a project folder counts only once trusted, since settings can name programs.
    """
    merged: dict[str, dict[str, Any]] = {}
    files = [_user_file()]
    if home.trusted:
        files.append(home.settings_file)
    for path in files:
        for section, values in _read(path).items():
            merged.setdefault(section, {}).update(_checked(path, section, values))
    for variable, (section, key) in _ENVIRONMENT.items():
        if value := os.environ.get(variable):
            merged.setdefault(section, {})[key] = _typed(variable, section, key, value)
    return Config(
        server=ServerSettings(**merged.get("server", {})),
        jars=JarSettings(**merged.get("jars", {})),
        shell=ShellSettings(**merged.get("shell", {})),
        tui=TuiSettings(**merged.get("tui", {})),
        kafka=KafkaSettings(**merged.get("kafka", {})),
        tables=TableSettings(**merged.get("tables", {})),
        variables=merged.get("variables", {}),
        mounts=merged.get("mounts", {}),
    )


def _user_file() -> Path:
    folder = os.environ.get("LAKESHELL_CONFIG_DIR")
    if folder:
        return Path(folder) / "lakeshell.toml"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "lakeshell" / "lakeshell.toml"
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "lakeshell" / "lakeshell.toml"


def _read(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return dict(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error


def _checked(path: Path, section: str, values: Any) -> dict[str, Any]:
    if section not in (*_SECTIONS, *_TABLES):
        raise ConfigError(
            f"{path}: there is no section [{section}].", hint=_nearest(section, _SECTIONS, _TABLES)
        )
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: {section} must be a section, written [{section}].")
    if section in _TABLES:
        return {str(key): str(value) for key, value in values.items()}
    return {key: _typed(str(path), section, key, value) for key, value in values.items()}


def _typed(source: str, section: str, key: str, value: Any) -> Any:
    """`value` as the type of its setting, or ConfigError."""
    fields = {f.name: f for f in dataclasses.fields(_SECTIONS[section])}
    if key not in fields:
        raise ConfigError(
            f"{source}: [{section}] has no setting {key!r}.", hint=_nearest(key, fields)
        )
    kind = str(fields[key].type)
    try:
        if kind.startswith("Mapping"):
            return {str(k): _spark_text(v) for k, v in dict(value).items()}
        if kind == "bool":
            if isinstance(value, bool):
                return value
            return {"true": True, "false": False}[str(value).lower()]
        if kind == "int" and not isinstance(value, bool):
            return int(value)
        if kind == "float" and not isinstance(value, bool):
            return float(value)
        if kind.startswith("str") and isinstance(value, str):
            return value
        if kind.startswith("tuple") and isinstance(value, list):
            return tuple(str(one) for one in value)
    except (KeyError, TypeError, ValueError):
        pass
    raise ConfigError(f"{source}: [{section}] {key} = {value!r} is not a {kind.split(' ')[0]}.")


def _spark_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nearest(name: str, *known: Any) -> str | None:
    near = difflib.get_close_matches(name, [n for names in known for n in names], n=3)
    return f"Did you mean {' or '.join(near)}?" if near else None
