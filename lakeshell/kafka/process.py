"""The broker's process: its settings, its storage, its JVM, and what it left when it ended."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from lakeshell.engine.java import Java
from lakeshell.home import Home

# One node that is broker and controller. Paths are relative to its working directory: Kafka would
# take a comma in a path for the end of it.
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=data
num.partitions=1
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=2
"""
_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${sys:lakeshell.log}
appender.file.filePattern = ${sys:lakeshell.log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1}: %m%n%ex
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
"""
# Small and quick to start: the optimizing compiler pays off in hours, not in an exercise.
_OPTIONS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8")

_THROWN = re.compile(r"^(?:Caused by: )?(?:[\w$]+\.)+(\w*(?:Exception|Error))(?:: (.*))?$")


def prepare(home: Home, *, port: int, controller_port: int) -> None:
    """Write the settings of the next start; what the last one printed is forgotten."""
    home.kafka.mkdir(mode=0o700, exist_ok=True)
    text = _SETTINGS.format(port=port, controller_port=controller_port)
    home.kafka_settings.write_text(text, encoding="ascii")
    home.kafka_logging.write_text(_LOGGING, encoding="ascii")
    for leftover in (home.kafka_output, home.kafka_log):
        leftover.unlink(missing_ok=True)


def format_storage(
    home: Home, java: Java, class_path: Sequence[Path], *, keep_fd: int
) -> subprocess.Popen[bytes]:
    """Make the data folder ready for its first use."""
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    words = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--ignore-formatted"]
    return _run(home, java, class_path, [*words, "-c", str(home.kafka_settings)], keep_fd)


def launch(
    home: Home, java: Java, class_path: Sequence[Path], *, keep_fd: int
) -> subprocess.Popen[bytes]:
    """Start the broker, detached: it outlives this process and never sees its Ctrl-C."""
    return _run(home, java, class_path, ["kafka.Kafka", str(home.kafka_settings)], keep_fd)


def running(home: Home) -> Iterator[psutil.Process]:
    """The Java processes that work with the broker's settings of this home."""
    settings = str(home.kafka_settings)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if settings in process.cmdline():
                yield process


def reason(home: Home) -> str:
    """What the last process said before it ended, in a sentence; empty if it said nothing."""
    found = ""
    for path in (home.kafka_output, home.kafka_log):
        for line in _end_of(path):
            if thrown := _THROWN.match(line):
                found = f"{thrown[1]}: {thrown[2]}" if thrown[2] else thrown[1]
    return found if not found or found.endswith(".") else f"{found}."


def _run(
    home: Home, java: Java, class_path: Sequence[Path], words: Sequence[str], keep_fd: int
) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    environment.pop("CLASSPATH", None)
    command = [
        str(java.executable),
        *_OPTIONS,
        f"-Dlog4j2.configurationFile={home.kafka_logging.as_uri()}",
        f"-Dlakeshell.log={home.kafka_log}",
        "-cp",
        os.pathsep.join(map(str, class_path)),
        *words,
    ]
    with home.kafka_output.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=home.kafka,
            pass_fds=(keep_fd,),
            start_new_session=True,
        )


def _end_of(path: Path) -> list[str]:
    """The last lines of a log, 64 KiB at most."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - 65536, 0))
            return file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
