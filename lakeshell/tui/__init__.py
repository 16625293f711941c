"""The full-screen face: Textual screens, panes and widgets; no engine logic of its own."""
