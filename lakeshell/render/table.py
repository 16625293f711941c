"""A result as a table for people: aligned, measured, cut to the terminal's width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import display_width, fit, pad, safe_text
from lakeshell.render.values import NULL, column_values, text_of

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_DIM, _BOLD, _RESET = "\x1b[2m", "\x1b[1m", "\x1b[0m"
_NARROWEST = 8  # cells to which a wide column may be shrunk before columns are left out
_SOURCE_LIMIT = 100_000  # characters of a value that are looked at when it will be cut anyway


@dataclass(frozen=True)
class _Lines:
    """The characters of the rules."""

    across: str
    cross: str
    between: str
    more: str


_UNICODE = _Lines("─", "┼", "│", "…")
_ASCII = _Lines("-", "+", "|", "...")


def write_table(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Write the rows of `result`, header first. Nothing is cut when `options.width` is None."""
    assert result.table is not None
    for line in table_lines(result.table, options):
        stream.write(line.encode("utf-8" if options.unicode else "ascii", "replace") + b"\n")


def table_lines(table: pa.Table, options: RenderOptions) -> list[str]:
    """The lines of the table, without line ends."""
    lines = _UNICODE if options.unicode else _ASCII
    header = [safe_text(name) for name in table.column_names]
    if not header:
        return []
    cells = [_cells(table.column(i), options) for i in range(table.num_columns)]
    wanted = [
        max(display_width(name), max(map(display_width, column), default=0))
        for name, column in zip(header, cells, strict=True)
    ]
    widths = _widths(wanted, options.width)
    hidden = len(header) - len(widths)
    right = [_is_number(table.schema.field(i).type) for i in range(len(widths))]
    nulls = [table.column(i).null_count > 0 for i in range(len(widths))]
    divider = f" {lines.between} "
    tail = f"{divider}{lines.more}" if hidden else ""

    def bold(text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if options.color else text

    names = [
        pad(fit(name, width, lines.more), width, right=number)
        for name, width, number in zip(header, widths, right, strict=False)
    ]
    rule = f"{lines.across}{lines.cross}{lines.across}".join(lines.across * w for w in widths)
    out = [
        f" {bold(divider.join(names))}{tail}".rstrip(),
        f"{lines.across}{rule}{lines.across}"
        + (f"{lines.cross}{lines.across * (len(lines.more) + 1)}" if hidden else ""),
    ]
    shown = []
    for i, width in enumerate(widths):
        column = [pad(fit(cell, width, lines.more), width, right=right[i]) for cell in cells[i]]
        if options.color and nulls[i]:
            valid = table.column(i).is_valid().to_pylist()
            column = [
                cell if ok else f"{_DIM}{cell}{_RESET}"
                for cell, ok in zip(column, valid, strict=True)
            ]
        shown.append(column)
    out += [f" {divider.join(row)}{tail}".rstrip(" ") for row in zip(*shown, strict=True)]
    return out


def hidden_columns(table: pa.Table, options: RenderOptions) -> int:
    """How many columns do not fit into `options.width` and are left out."""
    cells = [_cells(table.column(i), options) for i in range(table.num_columns)]
    wanted = [
        max(display_width(safe_text(name)), max(map(display_width, column), default=0))
        for name, column in zip(table.column_names, cells, strict=True)
    ]
    return len(wanted) - len(_widths(wanted, options.width))


def _cells(column: pa.ChunkedArray, options: RenderOptions) -> list[str]:
    to_text = text_of(column.type, options.timezone)
    cut = _SOURCE_LIMIT if options.width else None
    return [
        NULL if value is None else safe_text(to_text(value)[:cut])
        for value in column_values(column)
    ]


def _widths(wanted: list[int], available: int | None) -> list[int]:
    """The width of each column that is shown, in cells.

    Narrow columns keep theirs; the wide ones share what is left. Columns are left out on the right
    only when all of them at their narrowest do not fit.
    """
    if available is None:
        return wanted
    shown = len(wanted)
    while shown > 1:
        least = sum(min(w, _NARROWEST) for w in wanted[:shown]) + _frame(shown, len(wanted))
        if least <= available:
            break
        shown -= 1
    widths = wanted[:shown]
    room = max(available - _frame(shown, len(wanted)), shown)
    if sum(widths) <= room:
        return widths
    # The highest cap under which everything fits.
    low, high = 1, max(widths)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(w, middle) for w in widths) <= room:
            low = middle
        else:
            high = middle - 1
    capped = [min(w, low) for w in widths]
    spare = room - sum(capped)
    for index, width in enumerate(widths):
        if spare > 0 and width > capped[index]:
            capped[index] += 1
            spare -= 1
    return capped


def _frame(shown: int, total: int) -> int:
    """Cells taken by blanks and dividers around `shown` of `total` columns."""
    return 2 + 3 * (shown - 1) + (4 if shown < total else 0)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )
