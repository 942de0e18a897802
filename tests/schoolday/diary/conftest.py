"""A school with one class under each pack; every test of the diary stands on one of them."""

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


@pytest.fixture
def vietnamese(db: None) -> School:
    """Class 3A under the rules of Vietnamese primary school."""
    return build("vn.primary")
