"""One JVM with Spark in it: started directly, steered through a private py4j gateway."""

from __future__ import annotations

import contextlib
import locale
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from lakeshell.engine.java import Java
from lakeshell.errors import ServerError

# Spark's own list (org.apache.spark.launcher.JavaModuleOptions), without jdk.incubator.vector,
# which the Java from pip lacks.
_MODULE_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.net=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.cs=ALL-UNNAMED",
    "--add-opens=java.base/sun.security.action=ALL-UNNAMED",
    "--add-opens=java.base/sun.util.calendar=ALL-UNNAMED",
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.handler.ssl.defaultEndpointVerificationMode=NONE",
    "--enable-native-access=ALL-UNNAMED",
)

TAG = "lakeshell-"  # how session/execute.py's tags begin

_COMPILER_NICENESS = 10

OUT_OF_MEMORY_EXIT = 3  # of -XX:+ExitOnOutOfMemoryError


def launch(
    java: Java,
    class_path: list[Path],
    *,
    options: list[str],
    properties: Path,
    conn_info: Path,
    output: Path,
    keep_fds: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start the JVM. It ends when its standard input closes, so it cannot outlive us for long.

    The gateway's address appears in `conn_info`. `properties` holds Spark's settings, token
    included, which therefore stands in no argument list.
    """
    environment = dict(os.environ)
    environment.update(
        _PYSPARK_DRIVER_CONN_INFO_PATH=str(conn_info),
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
        SPARK_LOCAL_HOSTNAME="localhost",
        SPARK_LOCAL_IP="127.0.0.1",
    )
    # Settings of another Spark on this machine would change ours.
    for name in ("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_REMOTE", "HADOOP_CONF_DIR", "CLASSPATH"):
        environment.pop(name, None)
    # In another character set Java finds no file whose name is not ASCII.
    if locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
        environment["LC_ALL"] = "C.UTF-8"
    command = [
        str(java.executable),
        *options,
        *_MODULE_OPTIONS,
        "-cp",
        os.pathsep.join(map(str, class_path)),
        "org.apache.spark.deploy.SparkSubmit",
        "--properties-file",
        str(properties),
        "pyspark-shell",
    ]
    with output.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=conn_info.parent,
            pass_fds=keep_fds,
            # Ctrl-C in the terminal that happened to start us is not meant for Spark.
            start_new_session=True,
        )


def calm_compiler(pid: int) -> None:
    """Let the JVM's optimizing compiler use only the processor time that statements leave over.

    On two cores it otherwise takes one away from the very statements it would make faster. Linux
    only, where a thread has a priority of its own; elsewhere nothing happens.
    """
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                if (task / "comm").read_text(encoding="ascii").startswith("C2 Compiler"):
                    os.setpriority(os.PRIO_PROCESS, int(task.name), _COMPILER_NICENESS)


class Spark:
    """The supervisor's hold on the JVM: its gateway, its session, its Connect endpoint."""

    def __init__(self, process: subprocess.Popen[bytes], conn_info: Path) -> None:
        self.process = process
        self._conn_info = conn_info
        self.gateway: Any = None
        self.session: Any = None
        self.connect_port = 0

    def start(self, timeout: float) -> None:
        """Wait for the gateway, make the Spark session and with it the Connect endpoint.

        Raises ServerError when the JVM ends, or does not answer within `timeout` seconds.
        """
        port, secret = self._wait_for_gateway(timeout)
        import logging

        from py4j.java_gateway import GatewayParameters, JavaGateway

        # It logs a stack trace for every lost connection; the exception says it already.
        for logger in ("py4j", "root"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)

        self.gateway = JavaGateway(
            gateway_parameters=GatewayParameters(
                port=port, auth_token=secret, auto_convert=True, address="127.0.0.1"
            )
        )
        jvm = self.gateway.jvm
        try:
            builder = jvm.org.apache.spark.sql.classic.SparkSession.builder()
            self.session = builder.getOrCreate()
            # A Scala object: its one instance is MODULE$ of the class whose name ends in $.
            services = jvm.org.apache.spark.sql.connect.service
            service = getattr(getattr(services, "SparkConnectService$"), "MODULE$")
            self.connect_port = int(service.localPort())
        except Exception as error:
            raise ServerError(first_cause(error)) from error

    def sql(self, text: str) -> list[Any]:
        """Run a statement of the supervisor's own and return its rows."""
        return list(self.session.sql(text).collectAsList())

    def active_streams(self) -> int:
        """Streaming queries running now, of every session."""
        return int(self.session.sharedState().activeStreamingQueries().size())

    def _stream_runs(self) -> str:
        """The run ids of the streams that run now, which are the groups of their jobs."""
        return str(self.session.sharedState().activeStreamingQueries().keySet().toString())

    def running_jobs(self) -> list[dict[str, Any]]:
        """Spark jobs running now: id, tasks done and in all, group, the tags of their statement."""
        context = self.session.sparkContext()
        store = context.statusStore()
        jobs = []
        for job_id in context.statusTracker().getActiveJobIds():
            job = store.job(job_id)
            tags = job.jobTags().mkString("\n").split("\n")
            jobs.append(
                {
                    "id": int(job_id),
                    "tasks": int(job.numTasks()),
                    "done": int(job.numCompletedTasks()),
                    "group": str(job.jobGroup().get()) if job.jobGroup().isDefined() else "",
                    # Connect puts its own ids in front of a client's tag.
                    "tags": [tag[tag.find(TAG) :] for tag in tags if TAG in tag],
                }
            )
        return jobs

    def cancel_tagged(self, tag: str, seconds: float) -> None:
        """Cancel the jobs of a cancelled statement, and those it still starts within `seconds`.

        Spark's interrupt reaches the jobs that run; a statement that is just being planned can
        miss it and start its job a moment later.
        """
        deadline = time.monotonic() + seconds
        while True:
            streams = self._stream_runs()
            for job in self.running_jobs():
                # A stream inherits the tags of the cell that started it, and outlives that.
                if tag in job["tags"] and not (job["group"] and job["group"] in streams):
                    self.session.sparkContext().cancelJob(job["id"], "cancelled by its shell")
            if time.monotonic() >= deadline:
                return
            time.sleep(0.1)

    def stop(self, timeout: float) -> int:
        """End the JVM in good order, by force after `timeout` seconds; returns its exit code."""
        if self.process.poll() is None and self.process.stdin is not None:
            self.process.stdin.close()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            return self.process.wait()

    def _wait_for_gateway(self, timeout: float) -> tuple[int, str]:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            # Spark writes a temporary file and renames it, so what is there is whole.
            if self._conn_info.exists():
                raw = self._conn_info.read_bytes()
                self._conn_info.unlink()
                port, length = struct.unpack(">ii", raw[:8])
                return port, raw[8 : 8 + length].decode()
            if self.process.poll() is not None:
                raise ServerError(f"The JVM ended with code {self.process.returncode}.")
            time.sleep(0.01)
        raise ServerError(f"The JVM did not come up within {timeout:.0f} seconds.")


def first_cause(error: Exception) -> str:
    """The innermost Java message of a py4j error, else the error's own text."""
    text = str(error)
    causes = [line for line in text.splitlines() if line.startswith("Caused by:")]
    line = causes[-1][len("Caused by:") :] if causes else text.splitlines()[-1] if text else ""
    java = getattr(error, "java_exception", None)
    if not causes and java is not None:
        line = str(java.toString())
    return line.strip() or type(error).__name__
