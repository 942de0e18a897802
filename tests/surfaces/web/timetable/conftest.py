"""The schools of the diary's tests, and browsers of those who work there."""

from tests.surfaces.web.diary.conftest import bulgarian, enter, swedish

__all__ = ["bulgarian", "enter", "swedish"]
