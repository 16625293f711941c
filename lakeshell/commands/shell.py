"""%sh and %md: cells that are no SQL and no Python."""

from __future__ import annotations

import os
import re
import subprocess
import textwrap

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.programs import run_printing
from lakeshell.commands.words import VerbatimCommand
from lakeshell.errors import CommandError, UsageError


@click.command("sh", cls=VerbatimCommand)
@click.argument("command", nargs=-1, required=True)
@click.pass_obj
def sh_command(context: CommandContext, command: tuple[str, ...]) -> None:
    """Run a command, or the lines of a %sh cell as one script, in the system's shell.

    The shell's variables (%set name value) are in its environment: ${name} works there, too. A
    script that ends with another code than 0 is an error.

    \b
    Examples:
      %sh ls -l
      lakeshell sh 'wc -l *.csv | sort -n'
    """
    script = re.sub(r"^-e\s", "set -e\n", " ".join(command))  # as on Databricks: `%sh -e`
    environment = {**os.environ, "here": str(context.folder), **context.variables}
    if any("\0" in text for text in (script, *environment.values())):
        raise UsageError("A command cannot hold a NUL character.")
    shell = os.environ.get("SHELL") or "/bin/sh"
    if context.interactive and context.width is not None:  # the full screen has no terminal to give
        code = subprocess.run(
            [shell, "-c", script], cwd=context.folder, env=environment, check=False
        ).returncode
    else:
        code = run_printing(context, [shell, "-c", script], env=environment)
    if code < 0:
        raise CommandError(f"The command was ended by signal {-code}.")
    if code:
        raise CommandError(f"The command ended with code {code}.")


@click.command("md", cls=VerbatimCommand)
@click.argument("text", nargs=-1)
@click.pass_obj
def md_command(context: CommandContext, text: tuple[str, ...]) -> None:
    """Print a Markdown cell as text that reads well in a terminal.

    \b
    Example:
      %md ## Orders of **2024**
    """
    context.print(readable_markdown(" ".join(text), width=min(context.width or 80, 100)))


_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])\s+(.*)")
_INLINE = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"[\1]"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)[^)]*\)"), r"\1 (\2)"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), r"\1"),
)
_CODE = re.compile(r"(`+)(.+?)\1")


def readable_markdown(text: str, *, width: int = 80) -> str:
    """Headings underlined, paragraphs filled to `width`, lists with bullets, code indented."""
    out: list[str] = []
    paragraph: list[str] = []
    fenced = False

    def flush() -> None:
        if paragraph:
            out.extend(textwrap.wrap(_inline(" ".join(paragraph)), width) or [""])
            paragraph.clear()

    for line in textwrap.dedent(text).strip("\n").split("\n"):
        if _FENCE.match(line):
            flush()
            fenced = not fenced
        elif fenced:
            out.append("    " + line.rstrip())
        elif heading := _HEADING.match(line):
            flush()
            title = _inline(heading[2])
            out += [title, ("═" if len(heading[1]) == 1 else "─") * min(len(title), width)]
        elif item := _ITEM.match(line):
            flush()
            mark = "•" if item[2] in "-*+" else item[2]
            indent = " " * len(item[1])
            out += textwrap.wrap(
                _inline(item[3]),
                width,
                initial_indent=f"{indent}{mark} ",
                subsequent_indent=indent + " " * (len(mark) + 1),
            )
        elif line.startswith("    ") or line.lstrip().startswith("|"):
            flush()
            out.append(line.rstrip())
        elif not line.strip():
            flush()
            out.append("")
        elif re.fullmatch(r"\s*([-*_])(\s*\1){2,}\s*", line):
            flush()
            out.append("─" * width)
        else:
            paragraph.append(line.strip())
    flush()
    return "\n".join(out)


def _inline(text: str) -> str:
    """Without the marks of emphasis; what stands in backticks is left as it is."""
    parts = []
    at = 0
    for code in _CODE.finditer(text):
        parts += [_emphasis(text[at : code.start()]), code[2].strip()]
        at = code.end()
    return "".join([*parts, _emphasis(text[at:])])


def _emphasis(text: str) -> str:
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text
