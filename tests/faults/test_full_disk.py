"""A warehouse whose disk is full: said in a sentence, and no table the worse for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import run_command

from lakeshell.home import Home


@pytest.fixture
def small_disk(home: Home) -> Iterator[Path]:
    """12 MB for the tables of `home`; made by mounting, which not every machine allows."""
    home.create()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(home.warehouse)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk to be had here: {mounted.stderr.strip()}")
    yield home.warehouse
    run_command("server", "stop", home=home.root)
    subprocess.run(["umount", str(home.warehouse)], check=True)


@pytest.mark.timeout(400)
def test_a_full_disk_is_said_and_loses_nothing(home: Home, small_disk: Path) -> None:
    made = run_command("-e", "create table t as select id from range(1000)", home=home.root)
    assert made.code == 0, made.stderr
    too_much = "insert into t select cast(rand() * 9e18 as bigint) from range(4000000)"
    failed = run_command("-e", too_much, home=home.root)
    assert failed.code == 1
    assert "No space left on device" in failed.stderr
    assert "Make room" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "\tat " not in failed.stderr
    for _ in range(2):
        rows = run_command("--format", "csv", "-e", "select count(*) from t", home=home.root)
        assert rows.stdout.splitlines()[1:] == ["1000"], rows.stderr
        # Room is made by a larger disk: what the failed write left may still be open.
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    added = run_command("-e", "insert into t values (1)", home=home.root)
    assert added.code == 0, added.stderr
