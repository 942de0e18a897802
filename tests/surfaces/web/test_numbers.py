"""Large counts are read in every language: thousands stand apart."""

from __future__ import annotations

import pytest
from django.utils import translation

from testamur.surfaces.web.templatetags.web import grouped


@pytest.mark.parametrize(
    ("language", "shown"), [("vi", "171.115"), ("en", "171,115"), ("sv", "171\xa0115"), ("bg", "171\xa0115")]
)
def test_thousands_stand_apart(language: str, shown: str) -> None:
    with translation.override(language):
        assert grouped(171115) == shown
