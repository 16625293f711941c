"""Running another program whose output is a result."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Any

from lakeshell.commands.context import CommandContext


def run_printing(context: CommandContext, command: Sequence[str], **streams: Any) -> int:
    """Run `command` in the context's folder; its exit code, -n when signal n ended it.

    What it prints goes where the results go, line by line and in their order. `streams` are
    subprocess's `stdin`, `stderr` and `env`.
    """
    with subprocess.Popen(
        command,
        cwd=context.folder,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        **streams,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            context.print(line)
        return process.wait()
