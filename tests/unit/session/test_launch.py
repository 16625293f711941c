"""How the server's process is started."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from lakeshell.home import Home
from lakeshell.server import __main__ as server
from lakeshell.server import lifecycle
from lakeshell.session import launch


@pytest.mark.parametrize("discovered", [True, False])
def test_the_server_knows_how_its_home_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, discovered: bool
) -> None:
    """A home that was only found, in a stranger's folder, brings no settings and no jars."""
    commands: list[list[str]] = []
    monkeypatch.setattr(launch.subprocess, "Popen", lambda command, **_: commands.append(command))
    home = Home(tmp_path / "home", discovered).create()
    launch._spawn(home)

    served: list[Home] = []

    class Supervisor:
        def __init__(self, home: Home) -> None:
            served.append(home)

        def run(self) -> int:
            return 0

    monkeypatch.setattr(lifecycle, "Supervisor", Supervisor)
    arguments: list[Any] = commands[0][commands[0].index("lakeshell.server") :]
    monkeypatch.setattr(sys, "argv", arguments)
    assert server.main() == 0
    assert served == [home]
