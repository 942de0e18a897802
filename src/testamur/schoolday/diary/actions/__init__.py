"""Writing the diary: one file per subject matter, all verbs behind this door."""

from __future__ import annotations

__all__: list[str] = []
