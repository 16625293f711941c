"""%sh and %md."""

from __future__ import annotations

import pytest
from command_shell import Shell

from lakeshell.commands.shell import readable_markdown
from lakeshell.errors import CommandError


@pytest.fixture(autouse=True)
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/sh")


def test_a_line_keeps_its_quotes(shell: Shell) -> None:
    shell.run("%sh printf '%s|' \"a  b\" 'c\"d' $((1+2))")
    assert shell.text == 'a  b|c"d|3|\n'


def test_a_cell_is_one_script(shell: Shell) -> None:
    shell.run("%sh\nx=5\nif [ $x = 5 ]; then\n  echo five\nfi")
    assert shell.text == "five\n"


def test_variables_are_in_the_environment_not_in_the_text(shell: Shell) -> None:
    shell.run("%set name 'a; echo hacked'")
    shell.run('%sh echo "${name}" ${nothing:-none} ${here}')
    assert shell.text == f"a; echo hacked none {shell.folder}\n"


def test_it_runs_beside_the_file(shell: Shell) -> None:
    (shell.folder / "here.txt").write_text("x")
    shell.run("%sh ls here.txt")
    assert shell.text == "here.txt\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [("exit 3", "code 3"), ("kill -9 $$", "signal 9"), ("nosuchprogram", "127")],
)
def test_failure_is_an_error(shell: Shell, script: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        shell.run(f"%sh {script} 2>/dev/null")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A **b**", "A b\n═══"),
        ("## A ##", "A\n─"),
        ("one\ntwo", "one two"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("- a *b*\n- c", "• a b\n• c"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("`a_b_c` and a_b_c and _d_", "a_b_c and a_b_c and d"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("[text](http://x/y)", "text (http://x/y)"),
        ("```sql\nSELECT *\n  FROM t\n```\nafter", "    SELECT *\n      FROM t\nafter"),
        ("| a | b |\n|---|---|", "| a | b |\n|---|---|"),
        ("", ""),
    ],
)
def test_markdown_reads_well(markdown: str, text: str) -> None:
    assert readable_markdown(markdown) == text


def test_markdown_is_filled_to_the_width() -> None:
    text = readable_markdown("word " * 50 + "\n\n- " + "item " * 30, width=40)
    assert max(len(line) for line in text.split("\n")) <= 40


def test_md_cell(shell: Shell) -> None:
    shell.run("%md ## It's ${not} bound\n")
    assert shell.text.startswith("It's ${not} bound\n")
