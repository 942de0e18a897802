"""A school to verify, with a data folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from testamur.kernel.base import clock
from tests.schoolday.transcripts import classes
from tests.schoolday.transcripts.classes import School

TODAY = datetime(2026, 5, 29, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _last_day_of_school() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    yield
    settings.DATA = former
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def school(db: None) -> School:
    """One class of three, all decided."""
    return classes.build(clock.now())
