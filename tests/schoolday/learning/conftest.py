"""A Swedish class in year 4, and pictures."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import date
from uuid import UUID

import pytest
from PIL import Image

from tests.schoolday.diary import school
from tests.schoolday.diary.school import School


@pytest.fixture
def four(db: None) -> School:
    """Class 8A is a 4A here: development plans are kept in years 1 to 5."""
    return school.build("se.compulsory", level=4)


@pytest.fixture
def photo() -> bytes:
    """A JPEG that tells where and with what it was taken."""
    return picture()


def picture(size: tuple[int, int] = (900, 600), kind: str = "JPEG") -> bytes:
    """A picture with GPS, camera and a comment in its metadata."""
    image = Image.effect_noise(size, 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Hemlig kamera"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 20.0, 1.5), 3: "E", 4: (18.0, 4.0, 7.5)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": b"Hemlig gata 1"} if kind == "JPEG" else {}))
    return out.getvalue()


class Consents:
    """Whose consent stands; a test changes it."""

    def __init__(self) -> None:
        self.given: set[UUID] = set()

    def __call__(self, children: Collection[UUID], _on: date) -> frozenset[UUID]:
        return frozenset(children) & frozenset(self.given)


@pytest.fixture
def consents(monkeypatch: pytest.MonkeyPatch) -> Consents:
    """Consents to pictures, given here."""
    found = Consents()
    monkeypatch.setattr("testamur.schoolday.learning.queries.consent.consented", found)
    return found
