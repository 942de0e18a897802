"""Schools with a class, for what is read from and given to other diaries."""

from __future__ import annotations

import pytest

from tests.schoolday.diary.school import School, build


@pytest.fixture
def bulgarian(db: None) -> School:
    """Class 8А under the rules of Bulgarian school."""
    return build("bg.school")


@pytest.fixture
def swedish(db: None) -> School:
    """Class 8A under the rules of Swedish compulsory school."""
    return build("se.compulsory")
