"""The widgets of a notebook: named values that its SQL and its Python share.

Docs: "Databricks widgets". A widget has a default; what the notebook is given (`-p`, `-v`, the
arguments of `%run` and `dbutils.notebook.run`) stands above it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from lakeshell.errors import CommandError, UsageError

KINDS = ("text", "dropdown", "combobox", "multiselect")
_MOST_CHOICES = 1024  # as on Databricks


@dataclass(frozen=True)
class Widget:
    """`kind` is one of KINDS; `choices` are empty for a text; `value` is that at its making."""

    kind: str
    name: str
    value: str
    choices: tuple[str, ...] = ()
    label: str = ""


class Widgets:
    """Those of one notebook, or of one shell.

    `variables` are the shell's, by `-v` and `%set`: one of a widget's name is its value, too.
    `arguments` are what the notebook was given.
    """

    def __init__(
        self,
        variables: MutableMapping[str, str] | None = None,
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        self.variables: MutableMapping[str, str] = {} if variables is None else variables
        self.arguments: dict[str, str] = dict(arguments or {})
        self.declared: dict[str, Widget] = {}

    def declare(
        self,
        kind: str,
        name: str,
        default: str,
        choices: Sequence[str] = (),
        label: str | None = None,
    ) -> None:
        """Make a widget, or make it anew. Raises UsageError for choices that cannot be."""
        if not name:
            raise UsageError("A widget has a name.")
        if kind != "text":
            _check(name, default, choices, only_these=kind != "combobox")
        given = self.arguments.get(name, self.variables.get(name, default))
        before = self.declared.get(name)
        if before is not None and before.kind == kind and name not in self.arguments:
            given = before.value
        self.declared[name] = Widget(kind, name, given, tuple(choices), label or name)

    def value(self, name: str) -> str:
        """What a widget or an argument holds; of a multiselect, values with commas between.

        Raises CommandError when there is neither.
        """
        values = self._all()
        if name in values:
            return values[name]
        import difflib

        near = difflib.get_close_matches(name, values, n=3)
        raise CommandError(
            f"There is no widget {name!r}.",
            hint=f"Did you mean {' or '.join(near)}?"
            if near
            else f"Make it with dbutils.widgets.text({name!r}, …), or give its value "
            f"with -p {name}=…",
        )

    def get(self, name: str, default: str) -> str:
        """What it holds, or `default` when there is none."""
        return self._all().get(name, default)

    def values(self) -> dict[str, str]:
        """The values of all widgets and arguments, by name."""
        known = self._all()
        return {name: known[name] for name in (*self.declared, *self.arguments)}

    def remove(self, name: str) -> None:
        """Take a widget away. Raises CommandError when there is none."""
        if self.declared.pop(name, None) is None:
            raise CommandError(f"There is no widget {name!r}.")

    def remove_all(self) -> None:
        """Take all of them away; arguments stay."""
        self.declared.clear()

    def learn(self, other: Widgets) -> None:
        """Take over what a copy of these has learnt."""
        self.declared = other.declared

    @contextlib.contextmanager
    def given(self, arguments: Mapping[str, str]) -> Iterator[None]:
        """While another notebook runs inside this one, with arguments of its own."""
        before = self.arguments
        self.arguments = {**before, **arguments}
        try:
            yield
        finally:
            self.arguments = before

    def _all(self) -> dict[str, str]:
        declared = {name: widget.value for name, widget in self.declared.items()}
        return {**declared, **self.variables, **self.arguments}


def _check(name: str, default: str, choices: Sequence[str], *, only_these: bool) -> None:
    if not choices:
        raise UsageError(f"The widget {name!r} needs choices.")
    if len(choices) > _MOST_CHOICES:
        raise UsageError(f"The widget {name!r} has more than {_MOST_CHOICES:,} choices.")
    if only_these and default not in choices:
        raise UsageError(
            f"The default {default!r} of the widget {name!r} is none of its choices.",
            hint=f"They are {', '.join(list(choices)[:10])}.",
        )
