"""A Bulgarian school whose diary has rows of old school years, and its people of today."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.schoolday.diary.school import School, build


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    """A data folder of one test."""
    former, settings.DATA = settings.DATA, tmp_path / "data"
    settings.DATA.mkdir()
    yield
    shutil.rmtree(settings.DATA, ignore_errors=True)
    settings.DATA = former


@pytest.fixture
def bulgarian(db: None) -> School:
    """Class 8А."""
    return build("bg.school")
