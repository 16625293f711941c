"""A real PostgreSQL for tests, with the binaries of the package pgserver."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROLE = "clerk"
DATABASE = "postgres"


@dataclass(frozen=True)
class Postgres:
    """A server on 127.0.0.1; `password` is that of the role clerk."""

    binaries: Path
    port: int
    password: str

    @property
    def host(self) -> str:
        """As an address has it."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """For programs that speak PostgreSQL's own protocol; without the password."""
        return f"postgresql://{ROLE}@{self.host}/{DATABASE}"

    def run(self, sql: str) -> str:
        """What psql prints, without headings."""
        done = subprocess.run(
            [self.binaries / "psql", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql, self.address],
            env={**os.environ, "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


@contextlib.contextmanager
def postgres(password: str) -> Iterator[Postgres]:
    """One that is empty, as long as the context.

    PostgreSQL refuses to run as root; then it is the user nobody's. Skips where there is none.
    """
    user = _user()
    with tempfile.TemporaryDirectory(prefix="lakeshell-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        binaries = _binaries(folder, user)
        own = folder / "own"
        own.mkdir()
        if user is not None:
            shutil.chown(own, user)
        secret = own / "password"
        secret.write_text(password)
        data, port = own / "data", _free_port()

        def run(program: str, *arguments: str | Path) -> None:
            subprocess.run(
                [binaries / program, *arguments], user=user, cwd=own, check=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=_environment(own),
            )  # fmt: skip

        if user is not None:
            shutil.chown(secret, user)
        run("initdb", "-D", data, "-U", ROLE, "--auth=scram-sha-256", "--pwfile", secret,
            "--no-sync", "--no-locale", "--encoding=UTF8")  # fmt: skip
        run("pg_ctl", "-D", data, "-w", "-l", own / "log", "-o",
            f"-h 127.0.0.1 -p {port} -k {own} -c fsync=off", "start")  # fmt: skip
        try:
            yield Postgres(binaries, port, password)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def _user() -> str | None:
    """Who runs it: None for the user of the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "postgres"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


def _binaries(folder: Path, user: str | None) -> Path:
    """The programs where `user` may run them: a virtual environment can lie in root's own home."""
    spec = importlib.util.find_spec("pgserver")
    assert spec is not None, "pip install -e '.[dev]'"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    installed = package / "pginstall"
    try:
        subprocess.run(
            [installed / "bin" / "postgres", "--version"], user=user, check=True,
            cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return installed / "bin"
    except PermissionError:
        for part in ("pgserver/pginstall", "pgserver.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, folder / part)
        return folder / "pgserver/pginstall/bin"


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
