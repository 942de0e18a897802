"""What a reader chooses: by which ways and how soon for each child and part, quiet hours, details, PIN (C20, E34)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import SELF, Area
from testamur.exchange.notifications import actions
from testamur.exchange.notifications.queries import choices as queries
from testamur.exchange.notifications.queries.choices import has_pin
from testamur.exchange.notifications.queries.registrations import own_registrations
from testamur.exchange.notifications.rules.families import PUSHED, Chosen, Pace, Settings, Way
from testamur.exchange.notifications.samples import Sample, samples
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.delivery import queries as delivery
from testamur.register.people import queries as people
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import Schooling
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.family.child import PAGES, fits
from testamur.surfaces.web.notices.words import PACES, PARTS, WAYS, WEEKDAYS
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

HERE = "notices:choices"
_PAGE = {part: name for name, (_label, _icon, part) in PAGES.items() if part is not None} | {Part.CARE: "care"}
"""Part → the page of a child where it is read; a part without one is offered to all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a child's diary in the table."""

    part: Part
    name: str
    ways: frozenset[Way]
    pace: Pace
    said: str


@dataclass(frozen=True, slots=True)
class Child:
    """One child with what is chosen."""

    id: UUID
    name: str
    rows: tuple[Row, ...]


class SettingsForm(forms.Form):
    """What holds for all messages."""

    quiet_from = forms.TimeField(label=gettext_lazy("Nothing from"), widget=forms.TimeInput(attrs={"type": "time"}))
    quiet_to = forms.TimeField(label=gettext_lazy("until"), widget=forms.TimeInput(attrs={"type": "time"}))
    digest_at = forms.TimeField(
        label=gettext_lazy("Daily and weekly summaries at"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    digest_weekday = forms.TypedChoiceField(label=gettext_lazy("Weekly summary on"), coerce=int, choices=WEEKDAYS)
    details = forms.BooleanField(
        label=gettext_lazy("Write marks and details into messages"),
        help_text=gettext_lazy(
            "Without this, messages only say how much is new. With it, given name, subject and mark stand in text "
            "messages and letters, which others may see on the way. Never in pushes, never of a pupil whose identity "
            "is protected."
        ),
        required=False,
    )
    latin = forms.BooleanField(
        label=gettext_lazy("Text messages in Latin letters"),
        help_text=gettext_lazy("Shorter: one part holds 160 letters instead of 70."),
        required=False,
    )
    on = forms.MultipleChoiceField(
        label=gettext_lazy("Messages may come by"),
        choices=[(way.value, WAYS[way]) for way in PUSHED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PinForm(forms.Form):
    """A PIN for the telephone; empty removes it."""

    pin = forms.CharField(
        label=gettext_lazy("PIN for the telephone"),
        help_text=gettext_lazy("Six to eight digits. Leave it empty to remove the PIN."),
        required=False,
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
    )


@door("family.notices", Area.FAMILY)
@require_GET
def choices(request: WebRequest) -> HttpResponse:
    """Everything that is chosen, and the ways to change it."""
    return _overview(request)


@door("family.notices", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def child(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Choose for one child."""
    visitor = request.visitor
    if pupil not in reach.subjects(visitor):
        raise NotFound("There is no such child.", field="pupil")
    if request.method == "POST":
        actions.choose(by=visitor.actor, child=pupil, chosen=_sent(request.POST), now=visitor.now)
        messages.success(request, _("Kept. It holds from now on."))
        return SeeOther(reverse(HERE))
    (one,) = (shown for shown in _children(visitor) if shown.id == pupil)
    return page(
        request,
        "web/notices/child.html",
        child=one,
        ways=[(way, WAYS[way]) for way in Way],
        paces=[(pace, PACES[pace]) for pace in Pace],
        samples=_samples(request),
    )


@door("family.notices", Area.FAMILY)
@require_POST
def settings(request: WebRequest) -> HttpResponse:
    """Keep what holds for all messages."""
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _overview(request, settings_form=form)
    said = dict(form.cleaned_data)
    on = {Way(text) for text in said.pop("on")}
    chosen = Settings(**said, stopped=frozenset(PUSHED) - on)
    actions.set_settings(by=request.visitor.actor, settings=chosen, now=request.visitor.now)
    messages.success(request, _("Kept. It holds from now on."))
    return SeeOther(reverse(HERE))


@door("family.notices", Area.FAMILY)
@require_POST
def test(request: WebRequest) -> HttpResponse:
    """Send a message to oneself."""
    text = request.POST.get("way", "")
    way = next((one for one in PUSHED if one.value == text), None)
    if way is None:
        raise NotFound("There is no such way.", field="way")
    try:
        actions.send_test(by=request.visitor.actor, way=way, now=request.visitor.now)
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("It is on its way. If it does not come, look whether the address is right."))
    return SeeOther(reverse(HERE))


@door("family.address", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def pin(request: WebRequest) -> HttpResponse:
    """Set or remove the PIN."""
    visitor, form = request.visitor, PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["pin"]:
                actions.set_pin(by=visitor.actor, pin=form.cleaned_data["pin"], now=visitor.now)
            else:
                actions.remove_pin(by=visitor.actor, now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Kept. It holds from now on."))
            return SeeOther(reverse(HERE))
    known = has_pin(visitor.actor.id)
    return page(request, "web/notices/pin.html", form=form, known=known, status=422 if form.errors else 200)


def _overview(request: WebRequest, settings_form: forms.Form | None = None) -> HttpResponse:
    visitor = request.visitor
    held = queries.settings_of(visitor.actor.id)
    initial: dict[str, Any] = {
        "quiet_from": _clock(held.quiet_from),
        "quiet_to": _clock(held.quiet_to),
        "digest_at": _clock(held.digest_at),
        "digest_weekday": held.digest_weekday,
        "details": held.details,
        "latin": held.latin,
        "on": [way.value for way in PUSHED if way not in held.stopped],
    }
    contacts = people.contacts(by=visitor.actor, persons=[visitor.actor.id])[visitor.actor.id]
    return page(
        request,
        "web/notices/choices.html",
        told=_children(visitor),
        form=settings_form or SettingsForm(initial=initial),
        settings=held,
        contacts=[one for one in contacts if one.kind != "address"],
        devices=delivery.devices_of(by=visitor.actor, persons=[visitor.actor.id]),
        push_key=delivery.push_key(),
        ways=[(way, WAYS[way]) for way in PUSHED if delivery.available(way.value)],
        has_pin=has_pin(visitor.actor.id),
        registrations=own_registrations(by=visitor.actor),
        samples=_samples(request),
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
        status=422 if settings_form is not None else 200,
    )


def _children(visitor: Visitor) -> tuple[Child, ...]:
    seen, today = reach.persons(visitor, "family.notices"), visitor.now.date()
    kept = queries.choices(person=visitor.actor.id, children=list(seen))
    known = diary.schoolings(by=visitor.actor, pupils=list(seen), on=today)
    return tuple(
        Child(
            key,
            person.given or person.name,
            tuple(_row(part, kept[key][part]) for part in _offered(known[key], today)),
        )
        for key, person in seen.items()
    )


def _offered(schooling: Schooling, today: date) -> tuple[Part, ...]:
    """The parts of which a family can ever be told: what the child's school has no page for is not asked about.

    All of them where the child has no school just now: the former one may still correct what it decided.
    """
    if schooling.pack is None:
        return tuple(Part)
    return tuple(part for part in Part if part not in _PAGE or fits(_PAGE[part], schooling, today))


def _row(part: Part, chosen: Chosen) -> Row:
    ways = [str(WAYS[way]) for way in Way if way in chosen.ways]
    return Row(part, str(PARTS[part]), chosen.ways, chosen.pace, ", ".join(ways) if ways else _("web only"))


def _sent(form: Mapping[str, Any]) -> dict[Part, Chosen]:
    """The parts of the form: ``ways-<part>`` and ``pace-<part>``. A part without a pace was not asked: it stays."""
    lists: Any = form
    return {
        part: Chosen(
            frozenset(way for way in Way if way.value in lists.getlist(f"ways-{part}")),
            next((pace for pace in Pace if pace.value == form[f"pace-{part}"]), Pace.NOW),
        )
        for part in Part
        if f"pace-{part}" in form
    }


def _samples(request: WebRequest) -> Sequence[Sample]:
    held = queries.settings_of(request.visitor.actor.id)
    return samples(locale=request.LANGUAGE_CODE or "en", settings=held)


def _clock(at: time) -> str:
    return at.strftime("%H:%M")
