"""What is typed, pasted or completed, as the prompt shows it: nothing in it acts."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from prompt_toolkit.formatted_text import OneStyleAndTextTuple
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from lakeshell.render.safe_text import is_safe, safe_text


class ShowUnsafe(Processor):
    """Shows a line's acting characters as `safe_text` writes them; the text stays as it is."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """The shown line, and where each of its characters comes from."""
        fragments = transformation_input.fragments
        line = fragment_list_to_text(fragments)
        if safe_text(line) == line:
            return Transformation(fragments)
        shown = [_safe_fragment(fragment) for fragment in fragments]
        # Where each character of the line begins in what is shown, and one place behind the last.
        starts = [0, *accumulate(len(_shown(character)) for character in line)]
        return Transformation(
            shown,
            source_to_display=lambda at: starts[min(at, len(line))] + max(0, at - len(line)),
            display_to_source=lambda at: bisect_right(starts, at) - 1,
        )


def _safe_fragment(fragment: OneStyleAndTextTuple) -> OneStyleAndTextTuple:
    return (fragment[0], "".join(map(_shown, fragment[1])))


def _shown(character: str) -> str:
    return character if is_safe(character) else safe_text(character)
