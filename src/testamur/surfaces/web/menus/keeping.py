"""Keeping menus: begun for a school or the whole body, written day by day, copied week by week, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.calendars.menus import MAX_BYTES, Fault, read_menu
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form, UnitView
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.menus import MOST_WEEKS, Dish, Meal, MenuView, marks_of
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import today as day_here
from testamur.surfaces.web.diary.moments import a_day, day_in, number
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.menus.showing import legend, meals
from testamur.surfaces.web.menus.words import DAYS, week
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.timetable.weeks import monday_of

SEE = "noticeboard.menu.write"
ROWS, SPARE = 6, 2
LOCALES = (("sv", "Svenska"), ("en", "English"), ("vi", "Tiếng Việt"), ("bg", "Български"))
SALT = "menus.import"
WAITS = 3600
"""So many seconds a file that was looked at can be loaded."""
MOST_GONE = 30
"""More than so many of a hundred days that would lose their dishes need to be agreed to."""
FEW = 3
FORMS: tuple[tuple[str, Any], ...] = (
    (Form.PRESCHOOL.value, gettext_lazy("Preschool")),
    (Form.AFTER_SCHOOL.value, gettext_lazy("After-school care")),
    (Form.PRIMARY.value, gettext_lazy("Primary school")),
    (Form.COMPULSORY.value, gettext_lazy("Compulsory school")),
    (Form.UPPER_SECONDARY.value, gettext_lazy("Upper secondary school")),
)


class MenuForm(forms.Form):
    """A new menu."""

    unit = forms.ChoiceField(label=gettext_lazy("For which school?"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As families read it: School lunch, Preschool."),
    )
    only = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these forms of school"),
        choices=FORMS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, units: list[UnitView]) -> None:
        """The units for which the visitor keeps menus."""
        super().__init__(data)
        self.fields["unit"].choices = [(str(one.id), one.name) for one in units]  # type: ignore[attr-defined]


@door("menus.edit", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def menus(request: WebRequest) -> HttpResponse:
    """The menus of the visitor's schools, those that units above keep for them, and a form for another."""
    visitor = request.visitor
    units = _units(visitor)
    form = MenuForm(request.POST or None, units)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.add_menu(
                by=visitor.actor, unit=UUID(said["unit"]), name=said["name"], forms=said["only"], now=visitor.now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The menu is begun. Write its first week."))
            return SeeOther(reverse("menus:week", args=[made]))
    path = visitor.hat.unit_path if visitor.hat is not None and units else ""
    found, above = (board.menus_under(path), board.menus_above(path)) if path else ((), ())
    names = {one.id: one.name for one in schools.units({one.unit for one in (*found, *above)}).values()}
    return page(
        request,
        "web/menus/menus.html",
        status=422 if form.errors else 200,
        menus=[(one, names.get(one.unit, "")) for one in found],
        above=[(one, names.get(one.unit, "")) for one in above],
        form=form,
        may=bool(units),
    )


@require_GET
@door("menus.edit", Area.OFFICE)
def menu_week(request: WebRequest, menu: UUID) -> HttpResponse:
    """One week of a menu, with what can be done about it."""
    visitor = request.visitor
    found = _own(visitor, menu)
    today = day_here(visitor)
    monday = monday_of(request.GET.get("monday", ""), today)
    last = monday + timedelta(days=DAYS - 1)
    dishes = board.dishes_of(menus=[menu], first=monday, last=last)[menu]
    return page(
        request,
        "web/menus/week.html",
        menu=found,
        unit=schools.unit(found.unit),
        days=week(dishes, monday, today),
        empty=not dishes,
        monday=monday,
        last=last,
        earlier=monday - timedelta(days=DAYS),
        later=monday + timedelta(days=DAYS),
        most=MOST_WEEKS,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A dish as the form of a day holds it."""

    n: int
    dish: Dish

    @property
    def name(self) -> str:
        """As the kitchen wrote it."""
        return self.dish.names.get("", "")

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """Locale, language, name."""
        return [(locale, language, self.dish.names.get(locale, "")) for locale, language in LOCALES]


@door("menus.edit", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def menu_day(request: WebRequest, menu: UUID, on: str) -> HttpResponse:
    """The dishes of a day: names, what is in them, in other languages."""
    visitor, day = request.visitor, day_in(on)
    found = _own(visitor, menu)
    problem = ""
    if request.method == "POST":
        dishes = list(_sent(request.POST))
        try:
            actions.write_days(by=visitor.actor, menu=menu, days={day: dishes}, now=visitor.now)
        except Refused as refused:
            if refused.code in {"not_allowed", "not_found"}:
                raise
            problem = refusals.sentence(refused)
        else:
            messages.success(request, _("The day is kept."))
            return SeeOther(f"{reverse('menus:week', args=[menu])}?monday={day - timedelta(days=day.weekday())}")
    else:
        dishes = list(board.dishes_of(menus=[menu], first=day, last=day)[menu].get(day, ()))
    rows = [*dishes, *(Dish({}) for _n in range(max(SPARE, ROWS - len(dishes))))]
    return page(
        request,
        "web/menus/day.html",
        status=422 if problem else 200,
        menu=found,
        on=day,
        monday=day - timedelta(days=day.weekday()),
        rows=[Row(n, dish) for n, dish in enumerate(rows)],
        marks=legend(),
        meals=meals(),
        problem=problem,
    )


@require_POST
@door("menus.edit", Area.OFFICE)
def copy(request: WebRequest, menu: UUID) -> HttpResponse:
    """Let later weeks have the dishes of one."""
    visitor, sent = request.visitor, request.POST
    _own(visitor, menu)
    source, target = a_day(sent.get("monday", "")), a_day(sent.get("day", ""))
    weeks = number(sent, "weeks") or 1
    if source is None or target is None:
        messages.error(request, _("Say which week begins it."))
        return SeeOther(reverse("menus:week", args=[menu]))
    try:
        n = actions.copy_week(by=visitor.actor, menu=menu, source=source, target=target, weeks=weeks, now=visitor.now)
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
        return SeeOther(f"{reverse('menus:week', args=[menu])}?monday={source}")
    said = ngettext("%(n)s dish is copied.", "%(n)s dishes are copied.", n)
    messages.success(request, said % {"n": n})
    return SeeOther(f"{reverse('menus:week', args=[menu])}?monday={target}")


@require_POST
@door("menus.edit", Area.OFFICE)
def end(request: WebRequest, menu: UUID) -> HttpResponse:
    """Keep a menu no more."""
    _own(request.visitor, menu)
    actions.end_menu(by=request.visitor.actor, menu=menu, now=request.visitor.now)
    messages.success(request, _("The menu is ended. Its addresses show nothing any more."))
    return SeeOther(reverse("menus:menus"))


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would do: days that are new, that change, that stay, that would lose their dishes."""

    new: int
    changed: int
    same: int
    gone: tuple[date, ...]
    first: date
    last: date

    @property
    def risky(self) -> bool:
        """So many days would lose their dishes that somebody has to say that it is meant."""
        before = self.changed + self.same + len(self.gone)
        return len(self.gone) >= FEW and len(self.gone) * 100 > MOST_GONE * before


class UploadForm(forms.Form):
    """A file with a menu."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX with columns date, dish, allergens; a calendar (ICS); or JSON."),
    )


@door("menus.edit", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def load(request: WebRequest, menu: UUID) -> HttpResponse:
    """Read a menu from a file: first what it would do, then (``act`` is ``load``) it is done."""
    visitor = request.visitor
    found = _own(visitor, menu)
    if request.POST.get("act") == "load":
        return _load(request, found)
    form = UploadForm(request.POST or None, request.FILES or None)
    looked: Looked | None = None
    faults: tuple[Fault, ...] = ()
    token = ""
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            read = read_menu(name=sent.name, data=sent.read(MAX_BYTES + 1))
        except Refused as refused:
            form.add_error("file", refusals.sentence(refused))
        else:
            faults = tuple(read.faults)
            if read.days:
                looked = _look(menu, read.days)
                token = signing.dumps(_packed(read.days), salt=f"{SALT}.{menu}.{visitor.actor.id}", compress=True)
    return page(
        request,
        "web/menus/load.html",
        status=422 if form.errors else 200,
        menu=found,
        form=form,
        looked=looked,
        faults=[(fault, _fault(fault)) for fault in faults[:100]],
        token=token,
    )


def _load(request: WebRequest, found: MenuView) -> HttpResponse:
    visitor = request.visitor
    try:
        told = signing.loads(request.POST.get("token", ""), salt=f"{SALT}.{found.id}.{visitor.actor.id}", max_age=WAITS)
    except signing.BadSignature:
        messages.error(request, _("The file waited too long. Send it again."))
        return SeeOther(reverse("menus:load", args=[found.id]))
    days = _unpacked(told)
    looked = _look(found.id, days)
    if looked.risky and not request.POST.get("sure"):
        messages.error(request, _("Many days would lose their dishes. Nothing was changed: say that it is meant."))
        return SeeOther(reverse("menus:load", args=[found.id]))
    written = {**dict.fromkeys(looked.gone, ()), **days}
    n = actions.write_days(by=visitor.actor, menu=found.id, days=written, now=visitor.now)
    said = ngettext("%(n)s dish is loaded.", "%(n)s dishes are loaded.", n)
    messages.success(request, said % {"n": n})
    monday = looked.first - timedelta(days=looked.first.weekday())
    return SeeOther(f"{reverse('menus:week', args=[found.id])}?monday={monday}")


def _look(menu: UUID, days: dict[date, list[Dish]]) -> Looked:
    first, last = min(days), max(days)
    there = board.dishes_of(menus=[menu], first=first, last=last)[menu]
    same = sum(1 for on, dishes in days.items() if on in there and list(there[on]) == list(dishes))
    both = sum(1 for on in days if on in there)
    gone = tuple(sorted(set(there) - set(days)))
    return Looked(len(days) - both, both - same, same, gone, first, last)


def _packed(days: dict[date, list[Dish]]) -> list[Any]:
    return [
        [on.isoformat(), [[dict(dish.names), sorted(dish.marks), dish.meal.value] for dish in dishes]]
        for on, dishes in days.items()
    ]


def _unpacked(told: Any) -> dict[date, list[Dish]]:
    return {
        date.fromisoformat(on): [Dish(names, marks_of(marks), Meal(meal)) for names, marks, meal in dishes]
        for on, dishes in told
    }


def _fault(fault: Fault) -> str:
    said = {
        "date": _("No day can be read here: the row is left out."),
        "marks": _("These words are no allergen or diet that is known: they stay in the dish's name."),
    }
    return said.get(fault.what, _("No dish can be read here: the row is left out."))


def _sent(sent: QueryDict) -> list[Dish]:
    """The dishes of a form, in its order; rows without a name are left out by the verb."""
    found = []
    for n in range(24):
        if f"name-{n}" not in sent:
            continue
        names = {"": sent.get(f"name-{n}", "")}
        names |= {locale: str(sent[f"{locale}-{n}"]) for locale, _language in LOCALES if sent.get(f"{locale}-{n}")}
        meal = sent.get(f"meal-{n}", "")
        found.append(
            Dish(
                names,
                marks_of(sent.getlist(f"marks-{n}")),
                Meal(meal) if meal in {one.value for one in Meal} else Meal.LUNCH,
            )
        )
    return found


def _units(visitor: Visitor) -> list[UnitView]:
    """The units for which the visitor keeps menus: the hat's own and what lies below it."""
    hat = visitor.hat
    if hat is None or hat.unit is None or not visitor.actor.may(SEE, hat.unit_path):
        return []
    return [one for one in schools.units_under(hat.unit_path) if visitor.actor.may(SEE, one.path)]


def _own(visitor: Visitor, menu: UUID) -> MenuView:
    """A menu that the visitor keeps. Raises NotFound for every other."""
    found = board.menu(id=menu)
    if found is None or found.ended_at is not None or not visitor.actor.may(SEE, found.path):
        raise NotFound("There is no such menu.", menu=str(menu))
    return found
