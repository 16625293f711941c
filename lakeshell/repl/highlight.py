"""Colours of what is typed: SQL by our own tokenizer, Python by Pygments, % commands by hand."""

from __future__ import annotations

import re
from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples, split_lines
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from lakeshell.catalog.vocabulary import KEYWORDS, TYPE_NAMES
from lakeshell.sql.lexer import Kind, Token, tokenize

_CLASSES = {
    Kind.LINE_COMMENT: "class:comment",
    Kind.BLOCK_COMMENT: "class:comment",
    Kind.HINT: "class:hint",
    Kind.STRING: "class:string",
    Kind.RAW_STRING: "class:string",
    Kind.DOLLAR_STRING: "class:string",
    Kind.NUMBER: "class:number",
    Kind.VARIABLE: "class:variable",
    Kind.IDENTIFIER: "class:name",
}
_LONGEST = 50_000  # characters; more are shown plain, since all are coloured anew at each key
_COMMAND = re.compile(r"(?m)^%(?P<name>[\w-]*)(?P<rest>[^\n]*)")
_OPTION = re.compile(r"(?<=\s)--?[\w-]+")


class ShellLexer(Lexer):
    """Colours the cells of the prompt's text. `functions` gives the functions known by now."""

    def __init__(
        self, language: Callable[[], str], functions: Callable[[], frozenset[str]]
    ) -> None:
        self._language = language
        self._functions = functions

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The coloured lines of a document."""
        text = document.text
        fragments: StyleAndTextTuples = (
            [("", text)] if len(text) > _LONGEST else self._fragments(text)
        )
        lines = list(split_lines(fragments))
        return lambda number: lines[number] if number < len(lines) else []

    def invalidation_hash(self) -> tuple[str, int]:
        """Changes when the same text is to be coloured anew."""
        return (self._language(), len(self._functions()))

    def _fragments(self, text: str) -> StyleAndTextTuples:
        fragments: StyleAndTextTuples = []
        language, start = self._language(), 0
        for command in _COMMAND.finditer(text):
            name = command["name"]
            before = text[start : command.start()]
            if language == "sql" and before.strip() and not before.rstrip().endswith(";"):
                continue  # a line that begins with the operator %
            fragments += self._cell(before, language)
            if name in ("sql", "python"):
                language = name
                fragments.append(("class:command", f"%{name}"))
                start = command.start() + 1 + len(name)
            else:
                fragments.append(("class:command", f"%{name}"))
                fragments += _options(command["rest"])
                start = command.end()
        return fragments + self._cell(text[start:], language)

    def _cell(self, text: str, language: str) -> StyleAndTextTuples:
        if not text:
            return []
        if language == "python":
            return _python(text)
        return [(self._class(token), token.text) for token in tokenize(text)]

    def _class(self, token: Token) -> str:
        if token.kind is not Kind.WORD:
            return _CLASSES.get(token.kind, "")
        if token.word in TYPE_NAMES:
            return "class:type"
        if token.word in KEYWORDS:
            return "class:keyword"
        return "class:function" if token.text.lower() in self._functions() else ""


def _options(text: str) -> StyleAndTextTuples:
    fragments: StyleAndTextTuples = []
    start = 0
    for option in _OPTION.finditer(text):
        fragments += [("", text[start : option.start()]), ("class:option", option[0])]
        start = option.end()
    return [*fragments, ("", text[start:])]


def _python(text: str) -> StyleAndTextTuples:
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
    from pygments.token import Token as Pygments  # type: ignore[import-untyped]

    classes = (
        (Pygments.Keyword, "class:keyword"),
        (Pygments.Operator.Word, "class:keyword"),
        (Pygments.Name.Builtin, "class:function"),
        (Pygments.Name.Function, "class:function"),
        (Pygments.Literal.String, "class:string"),
        (Pygments.Literal.Number, "class:number"),
        (Pygments.Comment, "class:comment"),
    )
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return [
        (next((name for group, name in classes if kind in group), ""), value)
        for _, kind, value in lexer.get_tokens_unprocessed(text)
    ]


# Named colours, so that the terminal's own theme decides what they look like.
_COMMON = {
    "string": "ansigreen",
    "comment": "italic ansibrightblack",
    "hint": "italic ansimagenta",
    "variable": "ansimagenta",
    "type": "ansicyan",
    "command": "bold ansimagenta",
    "option": "ansicyan",
    "prompt": "bold ansigreen",
    "prompt.python": "bold ansiyellow",
    "continuation": "ansibrightblack",
    "bottom-toolbar": "noreverse ansibrightblack",
    "bottom-toolbar.busy": "noreverse ansiyellow",
    "bottom-toolbar.error": "noreverse ansired",
    "auto-suggestion": "ansibrightblack",
    "completion.column": "bold",
}
_DARK = {
    "keyword": "bold ansibrightblue",
    "function": "ansibrightcyan",
    "number": "ansibrightyellow",
}
_LIGHT = {"keyword": "bold ansiblue", "function": "ansicyan", "number": "ansired"}


def shell_style(theme: str) -> Style:
    """The colours for a theme: auto, light, dark or none."""
    if theme == "none":
        return Style.from_dict({"bottom-toolbar": "noreverse"})
    return Style.from_dict({**_COMMON, **(_LIGHT if theme == "light" else _DARK)})
