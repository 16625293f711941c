"""Running `lakeshell` as a user would, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """What a run of `lakeshell` gave."""

    code: int
    stdout: str
    stderr: str


def run_command(
    *arguments: str,
    home: Path,
    stdin: str = "",
    cwd: Path | None = None,
    timeout: float = 120,
    **env: str,
) -> Run:
    """Run `lakeshell` as a user would, in the home `home`."""
    done = subprocess.run(
        [sys.executable, "-m", "lakeshell", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        timeout=timeout,
        env={**os.environ, "LAKESHELL_HOME": str(home), "COLUMNS": "100", **env},
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)
