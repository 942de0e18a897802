"""The preschool."""

from __future__ import annotations

import pytest

from tests.schoolday.care import nursery as places
from tests.schoolday.care.nursery import Nursery


@pytest.fixture
def nursery(db: None) -> Nursery:
    """Two departments and the families of their children."""
    return places.build()
