"""What the pages of the programme office share: the place, a filter, pages of a long table, a link with a count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.web import refusals
from testamur.surfaces.web.requests import Visitor

Text = str | Promise
SIZE = 50
"""Rows of one page."""
LONGEST = 40
"""Characters of what is searched for."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of a page."""

    key: str
    label: Text
    address: str
    count: int | None
    current: bool


def place(visitor: Visitor) -> str:
    """The unit of the role that is worn."""
    return visitor.hat.unit_path if visitor.hat is not None else "/"


def today(visitor: Visitor) -> date:
    """The day where the visitor is."""
    return timezone.localtime(visitor.now).date()


def days_since(visitor: Visitor, at: datetime | None) -> int:
    """Whole days that have passed."""
    return max(0, (visitor.now - at).days) if at is not None else 0


def paged(request: HttpRequest, rows: Sequence[Any], size: int = SIZE) -> Page[Any]:
    """The page that is asked for; nonsense is the first or the last."""
    told = request.GET.get("page", "1")
    return Paginator(rows, size).get_page(told if told.isascii() and told.isdigit() and len(told) < 7 else 1)  # noqa: PLR2004 - digits


def filtered(heads: Sequence[ListHead], asked: str) -> tuple[ListHead, ...]:
    """Those with that number, or whose code (``DV1574``, ``DV1574/1405``) begins so; all when nothing is asked."""
    wanted = asked.upper().lstrip("#")
    if not wanted:
        return tuple(heads)
    return tuple(
        head
        for head in heads
        if str(head.number) == wanted or f"{head.course_code}/{head.module_code}".upper().startswith(wanted)
    )


def acted(request: HttpRequest, said: Text, act: Callable[[], object], *, back: str) -> HttpResponse:
    """Do it, say so, and go back to where the button was; a refusal is told there and nothing else is changed."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, str(said))
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if own and wanted.startswith("/") else back)
