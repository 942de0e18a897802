"""The invented university, with and without a seal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University


@pytest.fixture
def now() -> datetime:
    """A Monday in the autumn term, after the exams."""
    return TODAY


@pytest.fixture
def university(db: None, now: datetime) -> University:
    """Provhögskolan, with nothing to sign with."""
    return universities.build(now)


@pytest.fixture
def sealing_university(db: None, now: datetime, tmp_path: Path) -> Iterator[University]:
    """The same with a seal, a log and a data folder of its own."""
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    yield universities.build(now, equip=True)
    settings.DATA = former
    shutil.rmtree(folder, ignore_errors=True)
