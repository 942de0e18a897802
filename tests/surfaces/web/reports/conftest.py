"""Schools in which a diary is kept, and browsers of those who read its reports."""

from __future__ import annotations

from tests.surfaces.web.diary.conftest import bulgarian, enter, swedish

__all__ = ["bulgarian", "enter", "swedish"]
