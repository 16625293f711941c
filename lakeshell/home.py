"""The lakehouse home: one folder that holds all of one lakehouse.

This is the only module that joins paths inside it.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lakeshell.errors import UsageError

HOME_VARIABLE = "LAKESHELL_HOME"
PROJECT_FOLDER = ".lakeshell"

_FOLDERS = (
    "warehouse",
    "metastore",
    "mnt",
    "volumes",
    "dbfs",
    "cloud",
    "workspace",
    "plugins",
    "logs",
    "tmp",
    "run/shells",
)


@dataclass(frozen=True)
class Home:
    """Paths inside one lakehouse home.

    `discovered` is True when the folder was found by looking upwards from the working directory
    instead of being named by the user: its settings and plugins count only once it is trusted.
    """

    root: Path
    discovered: bool = False

    # What users own.
    @property
    def warehouse(self) -> Path:
        """Managed tables."""
        return self.root / "warehouse"

    @property
    def mnt(self) -> Path:
        """What `/mnt` means in SQL and Python."""
        return self.root / "mnt"

    @property
    def volumes(self) -> Path:
        """What `/Volumes` means."""
        return self.root / "volumes"

    def volume(self, catalog: str, schema: str, name: str) -> Path:
        """The folder of a volume."""
        return self.volumes / catalog / schema / name

    @property
    def dbfs(self) -> Path:
        """What `dbfs:/` means, `/mnt` excepted."""
        return self.root / "dbfs"

    @property
    def cloud(self) -> Path:
        """What `s3://`, `abfss://`, `gs://` … mean: a folder a scheme, in it one a bucket."""
        return self.root / "cloud"

    @property
    def workspace(self) -> Path:
        """Notebooks of jobs."""
        return self.root / "workspace"

    @property
    def plugins(self) -> Path:
        """Plugin files, `*.py`."""
        return self.root / "plugins"

    def figures(self, run: str) -> Path:
        """What the Python cells of one run of a shell have drawn."""
        return self.root / "figures" / run

    @property
    def settings_file(self) -> Path:
        """lakeshell.toml of this home."""
        return self.root / "lakeshell.toml"

    # What lakeshell owns.
    @property
    def secrets_key(self) -> Path:
        """What secrets in the home are encrypted with; mode 0600."""
        return self.root / "secrets.key"

    @property
    def packages_file(self) -> Path:
        """The packages that were added to the server, as JSON, with the SHA-256 of their files."""
        return self.root / "packages.json"

    @property
    def metastore(self) -> Path:
        """The Derby database of the Hive metastore."""
        return self.root / "metastore" / "db"

    @property
    def state_db(self) -> Path:
        """SQLite: statement history."""
        return self.root / "state.db"

    @property
    def objects_db(self) -> Path:
        """SQLite: catalogs, volumes, grants and whatever else Spark's metastore cannot hold."""
        return self.root / "objects.db"

    @property
    def dropped(self) -> Path:
        """Files of tables that were dropped, a folder each, for UNDROP TABLE."""
        return self.root / "dropped"

    @property
    def drop_lock(self) -> Path:
        """Held while tables are dropped or brought back."""
        return self.root / "run" / "drop.lock"

    @property
    def streams_db(self) -> Path:
        """SQLite: the streams that were started, so that they can be started again; mode 0600."""
        return self.root / "streams.db"

    @property
    def server_json(self) -> Path:
        """Where the running server can be reached; mode 0600."""
        return self.root / "server.json"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.root / "run" / "supervisor.lock"

    @property
    def jvm_lock(self) -> Path:
        """Held by the supervisor and inherited by its JVM: one JVM writes a home."""
        return self.root / "run" / "jvm.lock"

    @property
    def refresh_lock(self) -> Path:
        """Held while a materialized view is made or refreshed."""
        return self.root / "run" / "refresh.lock"

    @property
    def samples_lock(self) -> Path:
        """Held by the shell that makes the sample tables and files."""
        return self.root / "run" / "samples.lock"

    @property
    def start_error(self) -> Path:
        """Why the last start of the server failed, as JSON; absent after a good start."""
        return self.root / "run" / "start-error.json"

    @property
    def shells(self) -> Path:
        """A locked file for every attached shell."""
        return self.root / "run" / "shells"

    @property
    def logs(self) -> Path:
        """Logs of the supervisor and the JVM."""
        return self.root / "logs"

    @property
    def supervisor_log(self) -> Path:
        """Standard output and error of the supervisor."""
        return self.logs / "server.log"

    @property
    def jvm_log(self) -> Path:
        """What Spark logs."""
        return self.logs / "spark.log"

    @property
    def jvm_output(self) -> Path:
        """Standard output and error of the JVM: crashes, and prints of Python workers."""
        return self.logs / "jvm.out"

    @property
    def derby_log(self) -> Path:
        """Derby's own log."""
        return self.logs / "derby.log"

    @property
    def kafka(self) -> Path:
        """The working folder of the broker for learning: its settings and its data."""
        return self.root / "kafka"

    @property
    def kafka_settings(self) -> Path:
        """The broker's server.properties, written at every start."""
        return self.kafka / "server.properties"

    @property
    def kafka_logging(self) -> Path:
        """How the broker logs."""
        return self.kafka / "log4j2.properties"

    @property
    def kafka_identity(self) -> Path:
        """What Kafka leaves in a data folder that is ready for use."""
        return self.kafka / "data" / "meta.properties"

    @property
    def kafka_lock(self) -> Path:
        """Held by whoever starts the broker, and inherited by it: one broker a home."""
        return self.root / "run" / "kafka.lock"

    @property
    def kafka_json(self) -> Path:
        """Where the broker can be reached; it counts while the lock is held."""
        return self.root / "run" / "kafka.json"

    @property
    def kafka_log(self) -> Path:
        """What the broker logs."""
        return self.logs / "kafka.log"

    @property
    def kafka_output(self) -> Path:
        """Standard output and error of the broker: why it did not start."""
        return self.logs / "kafka.out"

    @property
    def tmp(self) -> Path:
        """Scratch space, one folder a process, swept by the next server."""
        return self.root / "tmp"

    @cached_property
    def trusted(self) -> bool:
        """Whether settings and plugins of this home may be loaded."""
        return not self.discovered or str(self.root) in _trusted_homes()

    def create(self) -> Home:
        """Make the folders that are missing, readable by their owner only.

        Raises UsageError when the folder cannot be written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in _FOLDERS:
                (self.root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            # os.access lies for root and on read-only mounts; only a write tells.
            with tempfile.TemporaryFile(dir=self.tmp):
                pass
        except OSError as error:
            raise UsageError(
                f"The lakehouse home {self.root} cannot be written: {error.strerror or error}.",
                hint="Name another with --home DIR or LAKESHELL_HOME, or free it and try again.",
            ) from error
        return self


def locate_home(explicit: str | os.PathLike[str] | None = None, cwd: Path | None = None) -> Home:
    """Find the home, creating nothing.

    In this order: `explicit` (`--home`), LAKESHELL_HOME, the nearest `.lakeshell/` in `cwd` or
    above, the folder in the user's data directory.
    """
    named = explicit or os.environ.get(HOME_VARIABLE)
    if named:
        return Home(_checked(Path(named)))
    here = (cwd or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        candidate = folder / PROJECT_FOLDER
        if candidate.is_dir():
            return Home(_checked(candidate), discovered=True)
    return Home(_checked(_user_data() / "home"))


def trust(home: Home) -> None:
    """Remember that settings and plugins of this home may be loaded."""
    known = _trusted_homes()
    if str(home.root) not in known:
        path = _trust_file()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text("\n".join([*sorted(known), str(home.root)]) + "\n", encoding="utf-8")


def _checked(path: Path) -> Path:
    path = path.expanduser().resolve()
    # Derby's URL and Spark's settings files cannot carry these.
    if any(c in str(path) for c in ";\n\r*?[]{}"):
        raise UsageError(f"The lakehouse home {str(path)!r} has a character that Spark cannot use.")
    return path


def _user_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("lakeshell", appauthor=False))


def _trust_file() -> Path:
    return _user_data() / "trusted-homes"


def _trusted_homes() -> set[str]:
    try:
        return set(_trust_file().read_text(encoding="utf-8").split("\n")) - {""}
    except OSError:
        return set()
