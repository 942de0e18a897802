"""Menus for everybody who eats: a public page, a calendar and JSON for each menu; the family's page and home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications.rules import ZONES
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.menus import ALLERGENS, Dish, MenuInvalid, MenuView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.family.child import opened, zone_of
from testamur.surfaces.web.family.more import Added, Doing
from testamur.surfaces.web.menus.words import DAYS, MARKS, MEALS, concerns, served, week
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.timetable.weeks import monday_of

AHEAD = timedelta(days=56)
"""So far ahead a calendar and a program are told the menu."""


@require_GET
@public
def shown(request: WebRequest, menu_code: str) -> HttpResponse:
    """A menu week by week, for everybody."""
    menu, unit = _menu(menu_code)
    today = request.visitor.now.astimezone(_zone(unit)).date()
    monday = monday_of(request.GET.get("monday", ""), today)
    last = monday + timedelta(days=DAYS - 1)
    found = board.dishes_of(menus=[menu.id], first=monday, last=last)[menu.id]
    return page(
        request,
        "web/menus/shown.html",
        menu=menu,
        unit=unit,
        days=week(found, monday, today),
        served=bool(found),
        monday=monday,
        last=last,
        earlier=monday - timedelta(days=DAYS),
        later=monday + timedelta(days=DAYS),
    )


@require_GET
@public
def calendar(request: WebRequest, menu_code: str) -> HttpResponse:
    """The same to subscribe to (iCalendar): an entry for each day."""
    from testamur.schoolday.noticeboard.rules.feeds import Entry  # slow to load, and rarely asked for
    from testamur.schoolday.noticeboard.rules.feeds import calendar as drawn
    from testamur.surfaces.web.calendars import domain, ics

    menu, unit = _menu(menu_code)
    entries = []
    for on, dishes in _coming(request, menu, unit).items():
        lines = [
            "\n".join(part for part in (one.name, ", ".join(one.contains), ", ".join(one.diets)) if part)
            for one in served(dishes)
        ]
        title = ", ".join(dish.name(get_language() or "") for dish in dishes)[:200]
        uid = f"menu-{menu.id}-{on:%Y%m%d}"
        entries.append(
            Entry(uid, title, on, on + timedelta(days=1), menu.changed_at, text="\n\n".join(lines), free=True)
        )
    return ics(drawn(name=f"{unit.name}: {menu.name}", entries=entries, domain=domain()), public_=True)


@require_GET
@public
def data(request: WebRequest, menu_code: str) -> HttpResponse:
    """The same as JSON: ``{"menu", "unit", "changed", "days": [{"date", "dishes": [{"names", "meal", "marks"}]}]}``."""
    menu, unit = _menu(menu_code)
    days = [
        {
            "date": on.isoformat(),
            "dishes": [
                {"names": dict(dish.names), "meal": dish.meal.value, "marks": sorted(dish.marks)} for dish in dishes
            ],
        }
        for on, dishes in _coming(request, menu, unit).items()
    ]
    answer = JsonResponse({"menu": menu.name, "unit": unit.name, "changed": menu.changed_at.isoformat(), "days": days})
    answer["Cache-Control"] = "public, max-age=900"
    answer["Access-Control-Allow-Origin"] = "*"  # names nobody, and school pages elsewhere show it
    return answer


@require_http_methods(["GET", "POST"])
@door("family.records", Area.FAMILY)
def child(request: WebRequest, pupil: UUID) -> HttpResponse:
    """What a child's school serves this week; a POST chooses which allergens stand out."""
    opened_ = opened(request.visitor, pupil, "week")
    school = opened_.schooling.school
    menus = _of(opened_.schooling)
    if request.method == "POST":
        marks = request.POST.getlist("allergens")
        try:
            actions.highlight(by=request.visitor.actor, child=pupil, marks=marks, now=request.visitor.now)
        except MenuInvalid as refused:
            messages.error(request, refusals.sentence(refused))
        else:
            messages.success(request, _("Saved."))
        return SeeOther(reverse("menus:child", args=[pupil]))
    monday = monday_of(request.GET.get("monday", ""), opened_.today)
    last = monday + timedelta(days=DAYS - 1)
    found = board.dishes_of(menus=[one.id for one in menus], first=monday, last=last)
    pointed = board.highlights(person=request.visitor.actor.id, child=pupil)
    return page(
        request,
        "web/menus/child.html",
        allergens=[(mark.value, MARKS[mark], mark in pointed) for mark in ALLERGENS],
        pointed=[MARKS[mark] for mark in ALLERGENS if mark in pointed],
        child=opened_,
        school=school,
        menus=[(one, week(found[one.id], monday, opened_.today, pointed)) for one in menus],
        monday=monday,
        last=last,
        earlier=monday - timedelta(days=DAYS),
        later=monday + timedelta(days=DAYS),
        children=opened_.children,
    )


def today(visitor: Visitor, known: Mapping[UUID, Schooling], _news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """What each child is served today, for the family's home; two queries for all children."""
    places = {key: (one.school.path, one.school.form.value) for key, one in known.items() if one.school is not None}
    if not places:
        return {}
    menus, pointed = board.menus_and_highlights(places=places.values(), person=visitor.actor.id)
    ids = {menu.id for some in menus.values() for menu in some}
    if not ids:
        return {}
    days = {key: visitor.now.astimezone(zone_of(one)).date() for key, one in known.items()}
    found = board.dishes_of(menus=ids, first=min(days.values()), last=max(days.values()))
    said: dict[UUID, Added] = {}
    for key, place in places.items():
        dishes = [dish for menu in menus[place] for dish in found[menu.id].get(days[key], ())]
        if dishes:
            names = ", ".join(dict.fromkeys(dish.name(get_language() or "") for dish in dishes))
            text = _("Today there is %(dishes)s") % {"dishes": names[:160]}
            some = dict.fromkeys(one for dish in dishes for one in concerns(dish, pointed.get(key, ())))
            if some:
                told = {"menu": text, "allergens": ", ".join(some)}
                text = _("%(menu)s. Attention, contains: %(allergens)s") % told
            said[key] = Added(today=(Doing(text, reverse("menus:child", args=[key])),))
    return said


def legend() -> list[tuple[str, str]]:
    """Every mark with what it is called, for forms and keys."""
    return [(mark.value, str(name)) for mark, name in MARKS.items()]


def meals() -> list[tuple[str, str]]:
    """Every meal with what it is called."""
    return [(meal.value, str(name)) for meal, name in MEALS.items()]


def _of(schooling: Schooling) -> tuple[MenuView, ...]:
    if schooling.school is None:
        return ()
    place = (schooling.school.path, schooling.school.form.value)
    return board.menus_for(places=[place])[place]


def _menu(code: str) -> tuple[MenuView, UnitView]:
    menu = board.menu(code=code)
    unit = schools.unit(menu.unit) if menu is not None and menu.ended_at is None else None
    if menu is None or unit is None:
        raise NotFound("There is no such menu.", code=code[:20])
    timezone.activate(_zone(unit))
    return menu, unit


def _coming(request: WebRequest, menu: MenuView, unit: UnitView) -> dict[date, tuple[Dish, ...]]:
    today_ = request.visitor.now.astimezone(_zone(unit)).date()
    first = today_ - timedelta(days=DAYS)
    return board.dishes_of(menus=[menu.id], first=first, last=today_ + AHEAD)[menu.id]


def _zone(unit: UnitView) -> ZoneInfo:
    return ZoneInfo(ZONES.get(unit.country, settings.TIME_ZONE))
