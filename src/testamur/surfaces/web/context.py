"""What every template knows: the visitor, the navigation of the hat that is worn, the languages, demo or not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from testamur.surfaces.web.navigation import items


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    visitor = getattr(request, "visitor", None)
    return {
        "visitor": visitor,
        "nav": items(visitor, request.path) if visitor is not None else (),
        "languages": settings.LANGUAGES,
        "demo": settings.MODE == "demo",
    }
