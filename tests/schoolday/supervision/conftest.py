"""A counted province."""

from __future__ import annotations

import pytest

from tests.schoolday.supervision.province import Province, build, counted, staffed


@pytest.fixture
def province(db: None) -> Province:
    """Two districts with two schools each, one school beside them, with staff; two classes in each school."""
    return counted(staffed(build()))
