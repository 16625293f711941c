"""An executed notebook as a Jupyter notebook of version 4.5."""

from __future__ import annotations

import hashlib
from typing import Any

from lakeshell.notebooks.drawn import png_of
from lakeshell.notebooks.html_table import framed, html_table
from lakeshell.notebooks.recording import Recording
from lakeshell.render.errors import render_error
from lakeshell.render.safe_text import safe_text
from lakeshell.session.result import Event, Failed, Figure, Html, Notice, Result, Text

_WIDTH = 100  # columns of the text forms


def jupyter_file(recording: Recording, time_zone: str) -> str:
    """The whole file. Cells that did not run have no outputs and no number."""
    import nbformat
    from nbformat import v4

    notebook = recording.notebook
    numbers = {cell: number for number, cell in enumerate(dict.fromkeys(recording.ran), 1)}
    cells = []
    for index, cell in enumerate(notebook.cells):
        name = hashlib.sha256(f"{index} {cell.source}".encode()).hexdigest()[:8]
        metadata = {"title": cell.title} if cell.title else {}
        if cell.kind == "markdown":
            made = v4.new_markdown_cell(cell.source, id=name, metadata=metadata)
        else:
            made = v4.new_code_cell(
                cell.source,
                id=name,
                metadata=metadata,
                execution_count=numbers.get(index),
                outputs=[_output(e, time_zone) for e in recording.outputs.get(index, [])],
            )
        cells.append(made)
    info = {"name": notebook.language}
    whole = v4.new_notebook(cells=cells, metadata={"language_info": info})
    nbformat.validate(whole)
    return str(nbformat.writes(whole)) + "\n"


def _output(event: Event, time_zone: str) -> Any:
    from nbformat import v4

    if isinstance(event, Html):
        shown = {
            "text/html": framed(event.html),
            "text/plain": safe_text(event.text, multiline=True),
        }
        return v4.new_output("display_data", data=shown)
    if isinstance(event, Text):
        return v4.new_output("stream", name="stdout", text=event.text)
    if isinstance(event, Result):
        shown = {"text/html": html_table(event, time_zone), "text/plain": _plain(event, time_zone)}
        return v4.new_output("display_data", data=shown)
    if isinstance(event, Failed):
        text = render_error(event.error, width=_WIDTH)
        name, _, _ = event.error.message.partition(":")
        return v4.new_output(
            "error",
            ename=safe_text(getattr(event.error, "error_class", None) or name[:80]),
            evalue=safe_text(event.error.message, multiline=True),
            traceback=text.split("\n"),
        )
    if isinstance(event, Figure) and (drawn := png_of(event)):
        shown = {"image/png": drawn, "text/plain": safe_text(event.text)}
        return v4.new_output("display_data", data=shown)
    assert isinstance(event, Notice)
    return v4.new_output("stream", name="stderr", text=event.text + "\n")


def _plain(result: Result, time_zone: str) -> str:
    import io

    from lakeshell.render.options import RenderOptions
    from lakeshell.render.table import write_table

    stream = io.BytesIO()
    write_table(result, stream, RenderOptions(width=_WIDTH, timezone=time_zone))
    return stream.getvalue().decode("utf-8").rstrip("\n")
