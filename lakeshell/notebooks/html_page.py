"""An executed notebook as one HTML file that needs no other and runs no scripts."""

from __future__ import annotations

from html import escape

from lakeshell.notebooks.drawn import png_of
from lakeshell.notebooks.html_table import framed, html_table
from lakeshell.notebooks.recording import Recording
from lakeshell.render.errors import render_error
from lakeshell.render.safe_text import safe_text
from lakeshell.session.result import Event, Failed, Figure, Html, Notice, Result, Text

_WIDTH = 100  # columns of an error's text
# Whatever slips through: nothing is fetched, nothing is run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 25%, transparent);
  --tint: color-mix(in srgb, currentColor 6%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
pre { font: 13px/1.45 ui-monospace, monospace; margin: .4rem 0; padding: .6rem .8rem;
  overflow-x: auto; white-space: pre-wrap; }
pre.code { background: var(--tint); border-left: 3px solid var(--line); }
pre.error { border-left: 3px solid #c62828; }
section { margin: 1.2rem 0; }
.scroll { overflow-x: auto; max-height: 40rem; }
table { border-collapse: collapse; font-size: 13px; }
caption { text-align: left; font-weight: 600; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left;
  white-space: pre-wrap; vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td i, p.note { opacity: .65; }
h2.title { font-size: 1rem; margin: 0; }
img.figure { max-width: 100%; background: white; }
iframe { width: 100%; height: 24rem; border: 1px solid var(--line); resize: vertical;
  background: white; }
"""


def html_page(recording: Recording, time_zone: str) -> str:
    """The whole page."""
    notebook = recording.notebook
    sections = []
    for number, cell in enumerate(notebook.cells):
        if cell.kind == "markdown":
            parts = [_markdown(cell.source)]
        else:
            parts = [f'<pre class="code">{_text(cell.source)}</pre>'] if cell.source.strip() else []
            parts += [_output(e, time_zone) for e in recording.outputs.get(number, [])]
        if cell.title:
            parts.insert(0, f'<h2 class="title">{_text(cell.title)}</h2>')
        sections.append("<section>\n" + "\n".join(parts) + "\n</section>")
    name = _text(notebook.path.name)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(sections)
        + "\n</body>\n</html>\n"
    )


def _output(event: Event, time_zone: str) -> str:
    if isinstance(event, Html):
        return framed(event.html)
    if isinstance(event, Text):
        return f"<pre>{_text(event.text)}</pre>"
    if isinstance(event, Result):
        return f'<div class="scroll">{html_table(event, time_zone)}</div>'
    if isinstance(event, Failed):
        return f'<pre class="error">{escape(render_error(event.error, width=_WIDTH))}</pre>'
    if isinstance(event, Figure) and (drawn := png_of(event)):
        return f'<img class="figure" alt="figure" src="data:image/png;base64,{drawn}">'
    assert isinstance(event, Notice)
    return f'<p class="note">{_text(event.text)}</p>'


def _text(text: str) -> str:
    return escape(safe_text(text, multiline=True))


def _markdown(source: str) -> str:
    """Rendered; HTML in it is shown as text."""
    from markdown_it import MarkdownIt

    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(source)
    return rendered
