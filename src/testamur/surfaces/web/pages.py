"""Rendering: whole pages, fragments of them for HTMX, error pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, template: str, /, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page; for an HTMX request that names a target ``#x``, the template's partial ``x`` alone, if it has one.

    The partial is part of the page's own template, so what is swapped in equals what a reload would show.
    """
    return render(request, template, context, status=status)


def fragment(request: HttpRequest, template: str, part: str, /, **context: Any) -> HttpResponse:
    """The partial `part` of a page for an HTMX request, the whole page for every other."""
    name = f"{template}#{part}" if getattr(request, "htmx", False) and not request.htmx.boosted else template  # type: ignore[attr-defined]
    return render(request, name, context)


def error_page(request: HttpRequest, status: int, message: object) -> HttpResponse:
    """A page that says what happened, what is kept and what to do next."""
    return render(request, "web/error.html", {"status": status, "message": message}, status=status)
