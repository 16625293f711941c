"""Fixtures: one lakehouse with one server for all Spark tests, and the `lakeshell` command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import Run, run_command

from lakeshell.config import Config, load_config
from lakeshell.home import Home
from lakeshell.session.launch import ensure_server, stop_server
from lakeshell.session.session import Session


@pytest.fixture(scope="session")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with a running server, shared by all Spark tests of the run."""
    home = Home(tmp_path_factory.mktemp("lakehouse") / "home")
    home.create()
    ensure_server(home, load_config(home))
    yield home
    stop_server(home)


@pytest.fixture(scope="session")
def config(lakehouse: Home) -> Config:
    """The settings of the shared lakehouse."""
    return load_config(lakehouse)


@pytest.fixture
def session(lakehouse: Home, config: Config) -> Iterator[Session]:
    """A session of the test's own, in a schema of its own, on the shared server."""
    session = Session(lakehouse, config)
    yield session
    session.close()


@pytest.fixture
def schema(session: Session, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty schema that is current in `session`, dropped afterwards."""
    name = "t_" + "".join(c if c.isalnum() else "_" for c in request.node.name.lower())[:60]
    session.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    session.execute(f"CREATE SCHEMA {name}")
    session.execute(f"USE {name}")
    yield name
    session.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


@pytest.fixture
def run_lakeshell(lakehouse: Home) -> Callable[..., Run]:
    """Run the command in the shared lakehouse: `run_lakeshell("-e", "select 1", stdin=…)`."""

    def run(
        *arguments: str, stdin: str = "", cwd: Path | None = None, timeout: float = 120, **env: str
    ) -> Run:
        return run_command(
            *arguments, home=lakehouse.root, stdin=stdin, cwd=cwd, timeout=timeout, **env
        )

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/spark and tests/faults carry those marks without saying so."""
    for item in items:
        parts = Path(item.path).parts
        for mark in ("spark", "faults"):
            if mark in parts:
                item.add_marker(getattr(pytest.mark, mark))
