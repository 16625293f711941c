"""The supervisor's life: locks, JVM up, endpoint published, watch, stop."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import lakeshell
from lakeshell.config import Config, load_config
from lakeshell.endpoint import Endpoint
from lakeshell.engine.jars import cache_folder, compiler_jar, ensure_jars, pyspark_jars
from lakeshell.engine.java import find_java
from lakeshell.engine.own_classes import own_classes
from lakeshell.engine.packages import package_jars
from lakeshell.errors import LakeshellError, ServerError
from lakeshell.home import Home
from lakeshell.locks import FileLock, is_locked
from lakeshell.server.class_archive import ClassArchive, class_archive
from lakeshell.server.jvm import OUT_OF_MEMORY_EXIT, Spark, calm_compiler, launch
from lakeshell.server.spark_conf import spark_conf, write_properties

_LOOPBACK = "127.0.0.1"
_JVM_EXIT_TIMEOUT = 60.0  # seconds; writing the class archive takes five
_PREDECESSOR_TIMEOUT = 30.0  # seconds that a JVM may outlive its killed supervisor
_QUIET = 5.0  # seconds without a Spark job
_TRAINING_TIMEOUT = 90.0  # seconds
_LOOK_FOR_WORK = 5.0  # seconds without a shell after which jobs and streams are looked for
_TICK = 0.25  # seconds between looks at the JVM, the shells and the clock


@dataclass
class ServerState:
    """What the control API reports and sets."""

    spark: Spark
    started: float
    stop_requested: threading.Event


class Supervisor:
    """Owns the JVM of one home from start to stop."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._stop = threading.Event()
        self._idle_since: float | None = None

    def run(self) -> int:
        """Serve until stopped; the exit code is 0 after a wanted end.

        When another supervisor has the home already this returns 0 at once: the shell that asked
        will find that one. Why a start failed is left in `home.start_error` for the shell.
        """
        self.home.create()
        mine = FileLock(self.home.supervisor_lock)
        if not mine.acquire():
            return 0
        with mine:
            self.home.start_error.unlink(missing_ok=True)
            self.home.server_json.unlink(missing_ok=True)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, lambda *_: self._stop.set())
            try:
                return self._serve(load_config(self.home))
            except LakeshellError as error:
                self._leave_word(error.message, error.hint, int(error.exit_code))
                return int(error.exit_code)
            except OSError as error:
                self._leave_word(f"{error.strerror or error}: {error.filename or ''}", None, 3)
                return 3
            finally:
                self.home.server_json.unlink(missing_ok=True)

    def _serve(self, config: Config) -> int:
        settings = config.server
        jvm_lock = FileLock(self.home.jvm_lock)
        # A JVM whose supervisor was killed may still be committing; it holds this lock.
        if not jvm_lock.acquire(_PREDECESSOR_TIMEOUT):
            raise ServerError("The JVM of the last server of this home has not ended.")
        with jvm_lock:
            self._sweep()
            scratch = self.home.tmp / f"server-{os.getpid()}"
            scratch.mkdir(mode=0o700)
            control_socket = _listen(settings.control_port, "control_port")
            _check_free(settings.connect_port, "connect_port")
            token = secrets.token_urlsafe(32)
            spark, archive = self._launch(config, scratch, token, jvm_lock.fd)
            try:
                # FastAPI and uvicorn load while the JVM boots on the other core.
                from lakeshell.server.control import ControlServer

                calm_compiler(spark.process.pid)
                spark.start(settings.start_timeout)
                state = ServerState(spark, time.time(), self._stop)
                control = ControlServer(state, self.home, token, control_socket)
                control.start()
                endpoint = Endpoint(
                    pid=os.getpid(),
                    jvm_pid=spark.process.pid,
                    connect_port=spark.connect_port,
                    control_port=control_socket.getsockname()[1],
                    token=token,
                    version=lakeshell.__version__,
                    started=state.started,
                )
                endpoint.write(self.home)
                threading.Thread(target=self._after_start, args=(spark,), daemon=True).start()
                training = Training(archive, endpoint, scratch)
                code = self._watch(spark, config, training)
                if code == 0:
                    control.finish()
                self.home.server_json.unlink(missing_ok=True)
                training.finish(spark)
                return code
            finally:
                self.home.server_json.unlink(missing_ok=True)
                archive.finish(spark.stop(_JVM_EXIT_TIMEOUT))
                shutil.rmtree(scratch, ignore_errors=True)

    def _launch(
        self, config: Config, scratch: Path, token: str, lock_fd: int
    ) -> tuple[Spark, ClassArchive]:
        settings = config.server
        java = find_java(settings.java)
        cache = cache_folder(config.jars.cache)
        jars = [*pyspark_jars(), *ensure_jars(cache, java, repository=config.jars.repository)]
        own = own_classes(cache, java, jars, compiler_jar(cache))
        class_path = [*jars, own, *package_jars(self.home, config, java)]
        options = jvm_options(settings.driver_memory)
        archive = class_archive(cache, java, class_path, options)
        properties = scratch / "spark.properties"
        conf = spark_conf(
            self.home,
            token=token,
            connect_port=settings.connect_port,
            scratch=scratch,
            mounts=config.mounts,
            extra=settings.spark,
        )
        write_properties(properties, conf)
        log_settings = scratch / "log4j2.properties"
        log_settings.write_text(_log4j2(self.home.jvm_log), encoding="utf-8")
        conn_info = scratch / "gateway"
        process = launch(
            java,
            class_path,
            options=[
                *options,
                *archive.options(),
                f"-Dlog4j2.configurationFile={log_settings.as_uri()}",
                f"-Dderby.stream.error.file={self.home.derby_log}",
                f"-Djava.io.tmpdir={scratch}",
            ],
            properties=properties,
            conn_info=conn_info,
            output=self.home.jvm_output,
            keep_fds=(lock_fd,),
        )
        return Spark(process, conn_info), archive

    def _watch(self, spark: Spark, config: Config, training: Training) -> int:
        """Wait for a reason to end: a request, a signal, a dead JVM, or nobody left."""
        limit = config.server.auto_stop_minutes * 60
        while not self._stop.wait(_TICK):
            code = spark.process.poll()
            if code is not None:
                why = (
                    "ran out of memory" if code == OUT_OF_MEMORY_EXIT else f"ended with code {code}"
                )
                hint = "Raise [server] driver_memory." if code == OUT_OF_MEMORY_EXIT else None
                self._leave_word(f"The JVM {why}.", hint, 3)
                return 3
            training.begin_when_idle(spark)
            if limit and self._idle_seconds(spark) > limit:
                if not _works(spark):  # it may be that nobody has looked yet
                    return 0
                self._idle_since = None
        return 0

    def _idle_seconds(self, spark: Spark) -> float:
        now = time.monotonic()
        if attached_shells(self.home):
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since > _LOOK_FOR_WORK and _works(spark):
            self._idle_since = None
        return now - self._idle_since if self._idle_since is not None else 0.0

    def _after_start(self, spark: Spark) -> None:
        self._warm_up(spark)
        if self.home.dropped.is_dir():
            from lakeshell.dialect.tables.dropped_tables import sweep

            try:
                sweep(self.home)
            except (LakeshellError, OSError) as error:
                print(f"dropped tables: {error}", flush=True)  # the next DROP tries again

    def _warm_up(self, spark: Spark) -> None:
        """What the first statement would wait for: the metastore, the functions, a first job."""
        try:
            for statement in ("SHOW TABLES", "SHOW FUNCTIONS", "SELECT count(*) FROM range(10)"):
                if not self._stop.is_set():
                    spark.sql(statement)
        except Exception as error:
            # The statement of a shell will meet the same trouble and report it.
            if not self._stop.is_set():
                print(f"warm-up: {error}", flush=True)

    def _sweep(self) -> None:
        """Remove the scratch folders of servers and shells that did not clean up."""
        for leftover in self.home.tmp.iterdir():
            if leftover.is_dir() and leftover.name.startswith("server-"):
                shutil.rmtree(leftover, ignore_errors=True)

    def _leave_word(self, message: str, hint: str | None, exit_code: int) -> None:
        word = json.dumps({"message": message, "hint": hint, "exit_code": exit_code})
        try:
            self.home.start_error.write_text(word, encoding="utf-8")
        except OSError:
            print(word, flush=True)  # standard output is the supervisor's log


class Training:
    """Sees to it that the first server of a set of jars leaves a well-filled class archive."""

    def __init__(self, archive: ClassArchive, endpoint: Endpoint, scratch: Path) -> None:
        self._wanted = archive.will_be_written
        self._quiet_since = time.monotonic()
        self._thread = threading.Thread(
            target=lambda: _train(endpoint, scratch), daemon=True, name="training"
        )

    def begin_when_idle(self, spark: Spark) -> None:
        """Start once Spark has had nothing to do for a few seconds."""
        if not self._wanted or self._thread.ident is not None:
            return
        if spark.running_jobs():
            self._quiet_since = time.monotonic()
        elif time.monotonic() - self._quiet_since > _QUIET:
            self._thread.start()

    def finish(self, spark: Spark) -> None:
        """Before the JVM ends: train now, if there was no quiet moment before."""
        if not self._wanted or spark.process.poll() is not None:
            return
        if self._thread.ident is None:
            self._thread.start()
        self._thread.join(_TRAINING_TIMEOUT)


def _train(endpoint: Endpoint, scratch: Path) -> None:
    from lakeshell.server.training import train

    train(endpoint, scratch)


def _works(spark: Spark) -> bool:
    return bool(spark.active_streams() or spark.running_jobs())


def attached_shells(home: Home) -> list[int]:
    """The process ids of the shells attached to `home`; files of dead ones are removed."""
    pids = []
    for path in home.shells.iterdir():
        if is_locked(path):
            pids.append(int(path.stem) if path.stem.isdigit() else 0)
        elif time.time() - path.stat().st_mtime > 10:
            # Younger ones may be between their creation and their lock.
            path.unlink(missing_ok=True)
    return pids


def jvm_options(driver_memory: str | None) -> list[str]:
    """Flags that shape the JVM, and therefore its class archive."""
    return [
        f"-Xmx{driver_memory or _default_memory()}",
        # Long generated plans recurse deeply in Catalyst.
        "-Xss4m",
        "-XX:+UseSerialGC" if (os.cpu_count() or 1) <= 2 else "-XX:+UseParallelGC",
        # A JVM without memory limps on and lies; a dead one is noticed and replaced.
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
    ]


def _default_memory() -> str:
    """40 % of the machine's memory, between 1 and 8 GiB."""
    import psutil

    megabytes = int(psutil.virtual_memory().total * 0.4) >> 20
    return f"{min(max(megabytes, 1024), 8192)}m"


def _listen(port: int, setting: str) -> socket.socket:
    """A socket on loopback; ServerError when `port` is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise ServerError(
            f"Port {port} is taken by another program ([server] {setting}).",
            hint=f"Set {setting} to another port, or to 0 for any free one.",
        ) from error
    return listener


def _check_free(port: int, setting: str) -> None:
    if port:
        _listen(port, setting).close()


def _log4j2(log: Path) -> str:
    """Warnings and worse into a file that cannot grow without bound."""
    return f"""\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {log}
appender.file.filePattern = {log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{yyyy-MM-dd HH:mm:ss.SSS}} %p %c{{1}}: %m%n%ex
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
logger.metastore.name = org.apache.hadoop.hive.metastore
logger.metastore.level = error
logger.datanucleus.name = DataNucleus
logger.datanucleus.level = error
"""
