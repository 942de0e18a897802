"""Where the files of extracts lie, readable by the server alone."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings


def file_of(extract: UUID) -> Path:
    """The JSON file of one extract; its folder is made where there is none."""
    folder = Path(settings.DATA) / "extracts"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{extract}.json"
