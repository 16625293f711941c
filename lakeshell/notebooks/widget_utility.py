"""`dbutils.widgets`: the notebook's parameters."""

from __future__ import annotations

from collections.abc import Sequence

from lakeshell.notebooks.current import current
from lakeshell.notebooks.utility import Utility


class WidgetUtility(Utility):
    """The same widgets as those of SQL's CREATE WIDGET."""

    _summary = "dbutils.widgets: named values, also :name and ${name} in SQL cells."

    def text(self, name: str, defaultValue: str, label: str | None = None) -> None:  # noqa: N803
        """Make a widget for any text."""
        current().widgets.declare("text", name, str(defaultValue), label=label)

    def dropdown(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """Make a widget for one of several values."""
        self._choice("dropdown", name, defaultValue, choices, label)

    def combobox(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """Make a widget for one of several values, or another text."""
        self._choice("combobox", name, defaultValue, choices, label)

    def multiselect(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """Make a widget for several of the values; it gives them with commas between."""
        self._choice("multiselect", name, defaultValue, choices, label)

    def get(self, name: str) -> str:
        """The value of a widget: what the notebook was given, else the default."""
        return current().widgets.value(name)

    def getAll(self) -> dict[str, str]:  # noqa: N802, Databricks' name
        """The values of all widgets by name."""
        return current().widgets.values()

    def getArgument(self, name: str, defaultValue: str | None = None) -> str:  # noqa: N802, N803
        """The value of a widget; of one that is not there, the one given here."""
        widgets = current().widgets
        return widgets.value(name) if defaultValue is None else widgets.get(name, defaultValue)

    def remove(self, name: str) -> None:
        """Take a widget away."""
        current().widgets.remove(name)

    def removeAll(self) -> None:  # noqa: N802, Databricks' name
        """Take all widgets away."""
        current().widgets.remove_all()

    def _choice(
        self, kind: str, name: str, default: str, choices: Sequence[str], label: str | None
    ) -> None:
        values = [str(choice) for choice in choices]
        current().widgets.declare(kind, name, str(default), values, label)
