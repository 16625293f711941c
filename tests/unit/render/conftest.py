"""Property tests here must not fail because the machine is busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("render", deadline=None)
settings.load_profile("render")
