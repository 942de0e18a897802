"""Fields that every form of the web shares."""

from __future__ import annotations

from typing import Any

from django import forms


class Day(forms.DateInput):
    """A day, picked with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """The browser sends and wants ISO, whatever it shows."""
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    """A day and a time, picked with the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """The browser sends and wants ISO, whatever it shows."""
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")
