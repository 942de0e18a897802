"""A log of an invented organisation in a data folder of its own."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from tests.trust.transparency.support import make_log


@pytest.fixture
def data(settings: Settings, tmp_path: Path) -> Path:
    """The data folder of this test alone."""
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def log(data: Path, db: None) -> UUID:
    """An empty log."""
    return make_log()
