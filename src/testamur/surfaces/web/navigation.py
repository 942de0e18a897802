"""The navigation: what each area offers, in the order in which people need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.core.cache import cache as kept
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.access.accounts.rules import Area
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.care import queries as care
from testamur.schoolday.care.rules import FORMS
from testamur.schoolday.rollout.rules import COUNTRIES
from testamur.schoolday.transcripts.looking import verified_document
from testamur.surfaces.web.requests import Visitor

Offer = tuple[str | Promise, str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the navigation. `current`: it leads to this very page; `within`: this page lies below it."""

    label: str | Promise
    address: str
    icon: str
    current: bool = False
    within: bool = False
    name: str = ""


_OFFERS: Mapping[Area | None, tuple[Offer, ...]] = {
    Area.RESULTS: (
        (_("Lists"), "results:home", "list-checks"),
        (_("New list"), "results:new", "list-plus"),
        (_("Subscriptions"), "results:subscriptions", "bell-ring"),
        (_("Programme office"), "results:office", "inbox"),
        (_("Log"), "results:log", "scroll-text"),
        (_("Settings"), "results:settings", "settings"),
    ),
    None: (
        (_("Check a document"), "public:verify", "shield-check"),
        (_("Help"), "public:help", "circle-question-mark"),
    ),
    Area.STAFF: (
        (_("Today"), "diary:today", "sun"),
        (_("Care"), "care:home", "clock"),
        (_("Classes"), "diary:classes", "users-round"),
        (_("Messages"), "messages:home", "mail"),
        (_("Forms"), "forms:home", "clipboard-list"),
        (pgettext_lazy("of teaching", "Plans"), "learning:home", "book-open"),
        (_("Timetables"), "timetable:home", "calendar-days"),
        (_("Events"), "diary:events", "calendar"),
        (_("Registrations"), "notices:registrations", "bell"),
        (_("Reports"), "reports:home", "chart-column"),
        (_("Transcripts"), "transcripts:home", "book-open-check"),
        (_("To sign"), "staff:home", "pen-line"),
        (_("Signed"), "staff:signed", "history"),
        (_("Questions"), "support:home", "message-circle-question-mark"),
        (_("Search"), "search:home", "search"),
    ),
    Area.OFFICE: (
        (_("Readiness"), "office:home", "layout-grid"),
        (_("Transcripts"), "transcripts:home", "book-open-check"),
        (_("Care"), "care:home", "clock"),
        (_("Messages"), "messages:home", "mail"),
        (_("Forms"), "forms:home", "clipboard-list"),
        (_("Not signed"), "office:follow", "users"),
        (_("Documents"), "office:documents", "files"),
        (_("Look up"), "custody:home", "folder-search"),
        (_("Release"), "office:releases", "calendar-clock"),
        (_("Import"), "office:imports", "upload"),
        (_("Registrations"), "notices:registrations", "bell"),
        (_("Completeness"), "diary:completeness", "list-checks"),
        (_("Timetables"), "timetable:home", "calendar-days"),
        (_("Menus"), "menus:menus", "utensils"),
        (_("Events"), "diary:events", "calendar"),
        (_("Reports"), "reports:home", "chart-column"),
        (_("Register"), "office:register", "school"),
        (_("Posts"), "office:people", "id-card"),
        (_("Supervision"), "supervision:home", "chart-no-axes-column"),
        (pgettext_lazy("to the ministry", "Delivery"), "handover:home", "send"),
        (_("Roll-out"), "rollout:home", "calendar-check"),
        (_("Seal"), "office:seals", "stamp"),
        (_("Notices"), "board:home", "megaphone"),
        (_("Corrections"), "keeping:requests", "message-square-warning"),
        (_("Deletion"), "keeping:lists", "trash-2"),
        (_("Questions"), "support:home", "message-circle-question-mark"),
        (_("Search"), "search:home", "search"),
    ),
    Area.FAMILY: (
        (_("Home"), "family:home", "house"),
        (_("Messages"), "messages:home", "mail"),
        (_("Shared"), "family:shares", "share-2"),
        (_("Notifications"), "notices:choices", "bell"),
        (_("My profile"), "mine:profile", "circle-user-round"),
        (_("Questions"), "support:home", "message-circle-question-mark"),
        (_("Search"), "search:home", "search"),
    ),
}
_SCHOOL_ONLY = frozenset({
    "timetable:home", "menus:menus", "diary:today", "diary:classes", "diary:events", "diary:completeness",
    "notices:registrations", "reports:home",
    "office:home", "office:follow", "office:releases", "office:imports", "messages:home",
    "support:home", "search:home", "forms:home", "learning:home", "rollout:home", "custody:home", "supervision:home",
    "handover:home",
})  # fmt: skip
"""What a university has no use for."""
_ASKS: Mapping[str, str] = {
    "learning:home": "learning.entry.see",
    "transcripts:home": "transcripts.standing.see",
    "results:new": "reporting.list.open",
    "results:subscriptions": "reporting.subscription.add",
    "results:office": "reporting.office.see",
    "results:log": "reporting.log.read",
    "office:register": "schools.group.see",
    "office:seals": "sealing.seal.read",
    "board:home": "noticeboard.news.publish",
    "menus:menus": "noticeboard.menu.write",
    "custody:home": "custody.lookup.open",
    "keeping:requests": "keeping.request.decide",
    "keeping:lists": "keeping.list.see",
    "notices:registrations": "notices.registration.see",
    "forms:home": "forms.form.see",
    "rollout:home": "rollout.plan.see",
    "supervision:home": "supervision.board.see",
    "handover:home": "transcripts.handover.see",
}
"""What a link is shown for, where not every hat of its area may follow it."""
_UNDER: Mapping[str, tuple[str, ...]] = {
    "diary:classes": ("pupil/", "remarks/", "remark/", "health/", "assessments/", "absences/"),
    "diary:events": ("event/",),
}
"""View of a link → beginnings of addresses that lie beside its own and belong to it all the same."""
LINE = 8
"""How many links stand in one line of a wide screen, in every language."""
_LATER: tuple[tuple[str, ...], ...] = (
    ("menus:menus",),
    ("public:help", "public:verify"),
    ("search:home",),
    ("support:home",),
    ("staff:signed",),
    ("notices:registrations",),
    ("office:people",),
    ("handover:home",),
    ("rollout:home",),
    ("custody:home",),
    ("office:seals",),
    ("diary:completeness",),
    ("board:home",),
    ("keeping:requests", "keeping:lists"),
    ("office:releases",),
    ("office:follow",),
    ("office:imports",),
    ("results:log",),
    ("results:settings",),
    ("timetable:home",),
    ("office:register",),
    ("diary:events",),
    ("reports:home",),
    ("learning:home",),
)
"""What moves into the menu at the end of the line, in this order, until the line is short enough."""
_FOOTER: tuple[Offer, ...] = (
    (_("Help"), "public:help", "circle-question-mark"),
    (_("Contact"), "public:contact", "mail"),
    (_("Check a document"), "public:verify", "shield-check"),
    (_("Service status"), "public:status", "activity"),
    (_("News"), "public:news", "newspaper"),
    (_("Privacy"), "public:privacy", "lock"),
    (_("Accessibility"), "public:accessibility", "accessibility"),
)


def items(visitor: Visitor, path: str) -> Sequence[Item]:
    """The links for a visitor; those of the public to whoever wears no hat."""
    areas: tuple[Area | None, ...] = visitor.hat.areas if visitor.hat is not None else ()
    offers = {offer[1]: offer for area in (*areas, None) for offer in _OFFERS[area]}.values()
    return _marked(path, (offer for offer in offers if _may(visitor, offer[1])))


def shortened(links: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """The links that stand in the line, and those in the menu at its end, so that the line never breaks into two."""
    later: set[str] = set()
    for names in _LATER:
        if len(links) - sum(link.name in later for link in links) <= LINE:
            break
        later.update(names)
    return [link for link in links if link.name not in later], [link for link in links if link.name in later]


def _may(visitor: Visitor, name: str) -> bool:
    verb = _ASKS.get(name)
    hat = visitor.hat
    if hat is not None and hat.university and name in _SCHOOL_ONLY:
        return False
    if name == "care:home":
        return _has_care(visitor)
    if name == "transcripts:home" and not _has_transcripts(visitor):
        return False
    if name in {"rollout:home", "supervision:home", "handover:home"} and not _has_plans(visitor):
        return False
    if verb is None or hat is None:
        return verb is None
    return visitor.actor.may(verb, hat.path) or any(
        visitor.actor.may(verb, hat.path, group=g) for g in {*hat.groups, *hat.taught}
    )


def _has_plans(visitor: Visitor) -> bool:
    """Whether the role belongs to a country whose bodies bring schools in by a plan."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    return unit is not None and unit.country in COUNTRIES


def _has_care(visitor: Visitor) -> bool:
    """Whether the unit of the role has care: by its form, or since its hours were set; looked up now and then."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if unit is None or unit.kind is not UnitKind.SCHOOL:
        return False
    if unit.form in FORMS:
        return True
    return bool(kept.get_or_set(f"care.at.{unit.id}", lambda: bool(care.has_care({unit.id: unit})), 300))


def _has_transcripts(visitor: Visitor) -> bool:
    """Whether the law at the unit of the role asks for transcripts that a class verifies; looked up now and then."""
    unit = visitor.hat.unit if visitor.hat is not None else None
    if unit is None or (visitor.hat is not None and visitor.hat.university):
        return False
    found = kept.get_or_set(
        f"transcripts.at.{unit}",
        lambda: verified_document(schools.pack_of(unit, on=visitor.now.date())) is not None,
        300,
    )
    return bool(found)


def footer(path: str) -> Sequence[Item]:
    """The links at the foot of every page."""
    return _marked(path, _FOOTER)


def _marked(path: str, offers: Iterable[Offer]) -> Sequence[Item]:
    """The offers that have an address here; the one whose address is the longest beginning of `path` is marked."""
    found: list[Item] = []
    for label, name, icon in offers:
        if address := _address(name):
            found.append(Item(label, address, icon, name=name))
    above = max((i.address for i in found if path.startswith(i.address) and i.address != "/"), key=len, default="")
    above = next((i.address for i in found if _belongs(path, i)), above)
    return [
        replace(item, current=item.address == path, within=item.address == above and item.address != path)
        for item in found
    ]


@cache
def _address(name: str) -> str:
    """Where a page is that names nothing; empty for one that this installation does not have."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _belongs(path: str, item: Item) -> bool:
    """Whether a page lies beside the link's own address and belongs to it all the same."""
    beside = item.address.rstrip("/").rpartition("/")[0]
    return any(path.startswith(f"{beside}/{part}") for part in _UNDER.get(item.name, ()))
