"""What every template knows: the visitor, the navigation of the hat that is worn, the languages, demo or not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from testamur.access.accounts.rules import has_admin_mode
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import OutageView
from testamur.surfaces.web import roles, trouble
from testamur.surfaces.web.navigation import Item, footer, items, shortened
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.shell.appearance import scheme_of
from testamur.surfaces.web.support import guide

OUTAGES_FOR = 5
"""Seconds for which a process remembers which services are down."""


class Shell:
    """The frame of one page; each part is made when a template first asks for it, so that fragments cost nothing."""

    def __init__(self, request: HttpRequest, visitor: Visitor) -> None:
        """For one request."""
        self._request = request
        self._visitor = visitor

    @cached_property
    def nav(self) -> Sequence[Item]:
        """Links of the hat that is worn, then those for everybody."""
        return items(self._visitor, self._request.path)

    @cached_property
    def line(self) -> Sequence[Item]:
        """Those of the links that stand in the line at the top of a wide screen."""
        return shortened(self.nav)[0]

    @cached_property
    def more(self) -> Sequence[Item]:
        """The others, in the menu at the end of the line."""
        return shortened(self.nav)[1]

    @cached_property
    def footer(self) -> Sequence[Item]:
        """Links at the foot of every page."""
        return footer(self._request.path)

    @cached_property
    def help(self) -> str:
        """Where help for this page is."""
        return guide.address(self._request)

    @cached_property
    def hats(self) -> Sequence[roles.HatLine]:
        """The visitor's roles with the names of their schools."""
        return roles.lines(self._visitor.hats, self._visitor.hat, self._visitor.units)

    @cached_property
    def hat(self) -> roles.HatLine | None:
        """The role that is worn."""
        return next((line for line in self.hats if line.current), None)

    @cached_property
    def admin_mode(self) -> str:
        """`on` or `off` for the hats that have an administrator mode (row B43), nothing for all others."""
        login, hat = self._visitor.login, self._visitor.hat
        if login is None or hat is None or not has_admin_mode(hat):
            return ""
        return "on" if login.admin_at is not None else "off"

    @cached_property
    def outages(self) -> Sequence[OutageView]:
        """The parts of the service that are not well; looked up every few seconds in each process."""
        if self._visitor.now is None:
            return ()
        found: Sequence[OutageView] | None = cache.get(trouble.OUTAGES)
        if found is None:
            found = board.outages(now=self._visitor.now)
            cache.set(trouble.OUTAGES, found, OUTAGES_FOR)
        return found

    @cached_property
    def scheme(self) -> str:
        """`light`, `dark` or `auto`."""
        return scheme_of(self._request)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    visitor = getattr(request, "visitor", None)
    if visitor is None:
        visitor = Visitor(now=None)  # type: ignore[arg-type]  # an error page before the middleware: nothing reads the time
    return {
        "visitor": visitor,
        "shell": Shell(request, visitor),
        "languages": settings.LANGUAGES,
        "demo": settings.MODE == "demo",
        "practice": settings.PRACTICE,
        "practice_url": settings.PRACTICE_URL,
    }
