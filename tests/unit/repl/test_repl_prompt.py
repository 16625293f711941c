"""The prompt on a pipe: when Enter runs, when it continues, and what the keys do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import Completer, DummyCompleter
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import to_plain_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from lakeshell.history import StatementHistory
from lakeshell.repl.highlight import ShellLexer
from lakeshell.repl.prompt import Prompt
from lakeshell.repl.prompt_history import PromptHistory


class State:
    """What the prompt asks of its shell."""

    language = "sql"
    schema = "retail"
    edit_mode = "emacs"
    server = ("", "")

    def server_text(self) -> tuple[str, str]:
        return self.server


class Screen(DummyOutput):
    """A screen of a size."""

    def __init__(self, columns: int = 80) -> None:
        self._columns = columns

    def get_size(self) -> Size:
        return Size(rows=24, columns=self._columns)


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def prompt(keyboard: PipeInput, state: State) -> Prompt:
    return make_prompt(keyboard, state)


def make_prompt(
    keyboard: PipeInput,
    state: State,
    *,
    completer: Completer | None = None,
    columns: int = 80,
    history: object = None,
) -> Prompt:
    return Prompt(
        state,
        completer=completer or DummyCompleter(),
        history=history or InMemoryHistory(),  # type: ignore[arg-type]
        lexer=ShellLexer(lambda: state.language, frozenset),
        theme="dark",
        color=True,
        input=keyboard,
        output=Screen(columns),
    )


@pytest.mark.parametrize(
    ("language", "keys", "text"),
    [
        ("sql", "select 1;\r", "select 1;"),
        ("sql", "select 1\r;\r", "select 1\n;"),
        ("sql", "  select 1\r;\r", "  select 1\n  ;"),
        ("sql", "select ';'\r;\r", "select ';'\n;"),
        ("sql", "select 1 -- ;\r;\r", "select 1 -- ;\n;"),
        ("sql", "select 1; /* open\r*/\r", "select 1; /* open\n*/"),
        ("sql", "select 1; select 2\r;\r", "select 1; select 2\n;"),
        ("sql", "begin select 1;\rend;\r", "begin select 1;\nend;"),
        ("sql", "%history t\r", "%history t"),
        ("sql", "select 1\x1b\r", "select 1"),
        ("sql", "\r", ""),
        ("sql", "exit\r", "exit"),
        ("sql", "\\q\r", "\\q"),
        ("sql", "?\r", "?"),
        ("sql", "? history\r", "? history"),
        ("sql", "%python\r", "%python"),
        ("sql", "%python x = 1\r", "%python x = 1"),
        # Enter in the midst of several lines continues them, at their end it runs
        ("sql", "\x1b[200~select 1,\n2;\x1b[201~\x1b[A\r\x1b[B\x05\r", "se\nlect 1,\n2;"),
        # Inside one line the cursor's place does not matter
        ("sql", "select 1;\x1b[D\x1b[D\r", "select 1;"),
        # A paste waits for Enter, whatever it holds
        ("sql", "\x1b[200~select 1;\nselect 2;\n\x1b[201~\r", "select 1;\nselect 2;\n"),
        ("python", "x = 1\r", "x = 1"),
        ("python", "for i in x:\rf(i)\r\r", "for i in x:\n    f(i)\n    "),
        ("python", "f(1,\r2)\r", "f(1,\n2)"),
        ("python", "x = '''a\rb'''\r", "x = '''a\nb'''"),
        ("python", "if x:\rif y:\rz\r\r", "if x:\n    if y:\n        z\n        "),
        ("python", "1 +\r", "1 +"),
        ("python", "\tx\r", "    x"),
        ("python", "%sql select 1;\r", "%sql select 1;"),
    ],
)  # fmt: skip
def test_what_enter_gives(
    prompt: Prompt, keyboard: PipeInput, state: State, language: str, keys: str, text: str
) -> None:
    state.language = language
    keyboard.send_text(keys)
    assert prompt.ask() == text


def test_ctrl_c_and_ctrl_d(prompt: Prompt, keyboard: PipeInput) -> None:
    keyboard.send_text("select\x03")
    with pytest.raises(KeyboardInterrupt):
        prompt.ask()
    keyboard.send_text("\x04")
    with pytest.raises(EOFError):
        prompt.ask()


def test_vi_keys(prompt: Prompt, keyboard: PipeInput, state: State) -> None:
    state.edit_mode = "vi"
    keyboard.send_text("selct 1;\x1bbbhxi\x1b0iX\x1b\r")
    assert prompt.ask().startswith("X")


def test_the_prompt_and_its_toolbar(keyboard: PipeInput, state: State) -> None:
    prompt = make_prompt(keyboard, state)
    assert to_plain_text(prompt._message()) == "retail> "
    assert to_plain_text(prompt._continuation(8, 1, 0)) == "     -> "
    state.language = "python"
    assert to_plain_text(prompt._message()) == "py> "
    state.server = ("busy", "Starting Spark … 3 s")
    assert "Starting Spark" in to_plain_text(prompt._toolbar())
    state.edit_mode = "vi"
    assert to_plain_text(prompt._toolbar()).startswith("vi insert")


@pytest.mark.parametrize("columns", [10, 20, 40, 80])
def test_names_and_messages_from_elsewhere_are_harmless_and_fit(
    keyboard: PipeInput, state: State, columns: int
) -> None:
    state.schema = "\x1b[2J\u202e" + "long" * 30
    state.server = ("error", "No Spark: \x1b]0;title\x07" + "why" * 50)
    prompt = make_prompt(keyboard, state, columns=columns)
    for shown in (to_plain_text(prompt._message()), to_plain_text(prompt._toolbar())):
        assert shown.isprintable()
        assert len(shown) < max(columns, 10)


def test_up_recalls_what_any_shell_ran_in_this_language(
    keyboard: PipeInput, state: State, tmp_path: Path
) -> None:
    statements = StatementHistory(tmp_path / "state.db")
    prompt = make_prompt(keyboard, state, history=PromptHistory(statements, lambda: state.language))
    keyboard.send_text("select 1;\r")
    prompt.ask()
    StatementHistory(tmp_path / "state.db").add("select 'elsewhere';")
    statements.add("print(1)", "python")
    assert _recalled(prompt, keyboard, 1) == "select 'elsewhere';"
    assert _recalled(prompt, keyboard, 3) == "select 1;"


def test_a_secret_is_recalled_here_and_masked_elsewhere(
    keyboard: PipeInput, state: State, tmp_path: Path
) -> None:
    typed = "select 1 as password, 'token' 'x';"
    statements = StatementHistory(tmp_path / "state.db")
    prompt = make_prompt(keyboard, state, history=PromptHistory(statements, lambda: state.language))
    typed = "create table t options (password 'hunter2');"
    keyboard.send_text(typed + "\r")
    prompt.ask()
    assert "hunter2" not in statements.recent()[0].text
    assert _recalled(prompt, keyboard, 1) == typed


def _recalled(prompt: Prompt, keyboard: PipeInput, ups: int) -> str:
    """What stands at the prompt after Up was pressed, once the history is there."""
    buffer = prompt._session.default_buffer
    result: list[str] = []

    def press() -> None:
        # The history is loaded by a task of its own, which begins with the prompt.
        if len(buffer._working_lines) > ups:
            keyboard.send_text("\x1b[A" * ups + "\r")
        else:
            prompt._session.app.loop.call_later(0.01, press)  # type: ignore[union-attr]

    result.append(prompt._session.prompt(pre_run=press))
    return result[0]


def test_highlighting_keeps_every_character() -> None:
    from prompt_toolkit.document import Document

    text = (
        "select `a b`, 'x;', 1.5 -- end\nfrom t where a = ${v};\n%history t --limit 3\n"
        "%python\nfor i in range(3):\n    print(f'{i}')\n%sql select count(*) /* open"
    )
    lines = ShellLexer(lambda: "sql", lambda: frozenset(("count",))).lex_document(Document(text))
    shown = [lines(number) for number in range(text.count("\n") + 1)]
    assert "\n".join(to_plain_text(line) for line in shown) == text
    styles = {fragment[1]: fragment[0] for line in shown for fragment in line}
    assert styles["select"] == "class:keyword"
    assert styles["'x;'"] == "class:string"
    assert styles["-- end"] == "class:comment"
    assert styles["${v}"] == "class:variable"
    assert styles["%history"] == "class:command"
    assert styles["--limit"] == "class:option"
    assert styles["for"] == "class:keyword"
    assert styles["count"] == "class:function"
