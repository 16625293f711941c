"""A shell without Spark."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import FakeSession, Shell

from lakeshell.home import Home


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in an empty home."""
    home = Home(tmp_path / "home").create()
    return Shell(home, tmp_path, FakeSession())
