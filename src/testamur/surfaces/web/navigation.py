"""The navigation: what each area offers, in the order in which people need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.access.accounts.rules import Area
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the navigation."""

    label: str | Promise
    address: str
    icon: str
    current: bool = False


_OFFERS: dict[Area | None, tuple[tuple[str | Promise, str, str], ...]] = {
    None: (
        (_("Check a document"), "public:verify", "shield-check"),
        (_("Help"), "public:help", "circle-help"),
    ),
    Area.STAFF: (
        (_("To sign"), "staff:home", "pen-line"),
        (_("Signed"), "staff:signed", "history"),
    ),
    Area.OFFICE: (
        (_("Readiness"), "office:home", "layout-grid"),
        (_("Not signed"), "office:follow", "users"),
        (_("Documents"), "office:documents", "files"),
        (_("Import"), "office:imports", "upload"),
        (_("Seal"), "office:seals", "stamp"),
    ),
    Area.FAMILY: (
        (_("Home"), "family:home", "home"),
        (_("Shared"), "family:shares", "share-2"),
    ),
}


def items(visitor: Visitor, path: str) -> Sequence[Item]:
    """The links for a visitor; those of the public to whoever wears no hat."""
    areas: tuple[Area | None, ...] = visitor.hat.areas if visitor.hat is not None else ()
    found: list[Item] = []
    for area in (*areas, None):
        for label, name, icon in _OFFERS[area]:
            try:
                address = reverse(name)
            except NoReverseMatch:
                continue
            found.append(Item(label, address, icon, current=path == address))
    return found
