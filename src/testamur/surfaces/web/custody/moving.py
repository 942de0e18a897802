"""Transfers: the new school asks, the former one lets go, the new one takes the pupil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, UnitKind
from testamur.schoolday.custody import actions, queries
from testamur.schoolday.custody.queries.history import schooling
from testamur.schoolday.custody.rules import LEAST, MOST, UNDER_WAY, TransferState, TransferView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.custody import words
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class AskForm(forms.Form):
    """Whom the new school asks for."""

    number = forms.CharField(
        label=gettext_lazy("The pupil's identity number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    birth_date = forms.DateField(label=gettext_lazy("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=gettext_lazy("Why the pupil moves"),
        min_length=LEAST,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The former school reads this."),
    )


class ReleaseForm(forms.Form):
    """Until when the pupil is at the former school."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day at this school"), widget=forms.DateInput(attrs={"type": "date"})
    )


class AcceptForm(forms.Form):
    """Into which class."""

    group = forms.ChoiceField(label=gettext_lazy("Class"), required=False)

    def __init__(self, data: Any, groups: list[tuple[str, str]]) -> None:
        """`groups` are the classes of the new school."""
        super().__init__(data)
        self.fields["group"].choices = [("", _("No class yet")), *groups]  # type: ignore[attr-defined]


class RefuseForm(forms.Form):
    """Why not."""

    why = forms.CharField(label=gettext_lazy("Reason"), min_length=LEAST, max_length=MOST)


@door("custody.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def transfers(request: WebRequest) -> HttpResponse:
    """Transfers from and to the place; a school asks for a pupil here."""
    visitor, by, place = request.visitor, actor_of(request), place_of(request)
    asks = place.unit.kind is UnitKind.SCHOOL and by.may("custody.transfer.ask", place.unit.path)
    form = AskForm(request.POST or None) if asks else None
    if request.method == "POST":
        by.must("custody.transfer.ask", place.unit.path)
    if form is not None and request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.ask_transfer(
                by=by,
                receiver=place.unit.id,
                number=told["number"],
                birth_date=told["birth_date"],
                reason=told["reason"],
                now=visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The former school has been asked."))
            return SeeOther(reverse("custody:transfer", args=[made]))
    found = queries.transfers(by=by, path=place.unit.path)
    units = schools.unit_names({unit for one in found for unit in (one.sender, one.receiver)})
    names = persons.shown(request, [one.pupil for one in found if _named(one, place.unit.path)], "custody.transfers")
    rows = [_row(one, units, names) for one in found]
    status = 422 if form is not None and form.errors else 200
    return page(request, "web/custody/transfers.html", form=form, rows=rows, status=status)


@door("custody.home", Area.OFFICE)
@require_GET
def transfer(request: WebRequest, move: UUID) -> HttpResponse:
    """One transfer, with what may be done now."""
    return _page(request, move)


@door("custody.home", Area.OFFICE)
@require_POST
def act(request: WebRequest, move: UUID) -> HttpResponse:
    """Let go, accept, refuse or take back."""
    acts: dict[str, Callable[[WebRequest, TransferView], forms.Form | None]] = {
        "release": _release,
        "accept": _accept,
        "refuse": _refuse,
        "withdraw": _withdraw,
    }
    one = queries.transfer(by=actor_of(request), transfer=move)
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        raise NotFound("There is no such act.", field="act")
    failed = chosen(request, one)
    return _page(request, move, failed) if failed else SeeOther(reverse("custody:transfer", args=[move]))


def _release(request: WebRequest, one: TransferView) -> forms.Form | None:
    form = ReleaseForm(request.POST)
    return _done(form, lambda told: actions.release_transfer(
        by=actor_of(request), transfer=one.id, last_day=told["last_day"], now=request.visitor.now
    ))  # fmt: skip


def _accept(request: WebRequest, one: TransferView) -> forms.Form | None:
    form = AcceptForm(request.POST, _classes(one))
    levels = {str(group.id): group.year_level for group in _groups(one)}

    def accept(told: dict[str, Any]) -> None:
        group = told["group"]
        actions.accept_transfer(
            by=actor_of(request), transfer=one.id, group=UUID(group) if group else None,
            year_level=levels.get(group), now=request.visitor.now,
        )  # fmt: skip

    return _done(form, accept)


def _refuse(request: WebRequest, one: TransferView) -> forms.Form | None:
    form = RefuseForm(request.POST)
    return _done(form, lambda told: actions.refuse_transfer(
        by=actor_of(request), transfer=one.id, why=told["why"], now=request.visitor.now
    ))  # fmt: skip


def _withdraw(request: WebRequest, one: TransferView) -> forms.Form | None:
    return _done(forms.Form(request.POST), lambda _told: actions.withdraw_transfer(
        by=actor_of(request), transfer=one.id, now=request.visitor.now
    ))  # fmt: skip


def _done(form: forms.Form, do: Callable[[dict[str, Any]], None]) -> forms.Form | None:
    """The form with its errors when it was not done."""
    if not form.is_valid():
        return form
    try:
        do(form.cleaned_data)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        refusals.into(form, refused)
        return form
    return None


def _page(request: WebRequest, transfer: UUID, failed: forms.Form | None = None) -> HttpResponse:
    by, place = actor_of(request), place_of(request)
    one = queries.transfer(by=by, transfer=transfer)
    units = schools.units([one.sender, one.receiver])
    sends = by.may("custody.transfer.release", units[one.sender].path)
    takes = by.may("custody.transfer.accept", units[one.receiver].path)
    named = _named(one, place.unit.path)
    names = persons.shown(request, [one.pupil] if named else [], "custody.transfer")
    names_of = {key: unit.name for key, unit in units.items()}
    stays = schooling(one.pupil) if takes and one.state is TransferState.ACCEPTED else ()
    schools_of = schools.unit_names({stay.school for stay in stays})
    return page(
        request,
        "web/custody/transfer.html",
        **_row(one, names_of, names),
        release=_form(failed, ReleaseForm) if sends and one.state is TransferState.ASKED else None,
        accept=_accepting(failed, one) if takes and one.state is TransferState.RELEASED else None,
        refuse=_form(failed, RefuseForm) if _refuses(one, sends=sends, takes=takes) else None,
        withdraw=one.state in UNDER_WAY and by.may("custody.transfer.ask", units[one.receiver].path),
        failed=failed,
        stays=[{"stay": stay, "school": schools_of.get(stay.school, ""), "levels": stay.levels} for stay in stays],
        status=422 if failed is not None else 200,
    )


def _refuses(one: TransferView, *, sends: bool, takes: bool) -> bool:
    return (sends and one.state in UNDER_WAY) or (takes and one.state is TransferState.RELEASED)


def _form(failed: forms.Form | None, kind: type[forms.Form]) -> forms.Form:
    return failed if isinstance(failed, kind) else kind()


def _accepting(failed: forms.Form | None, one: TransferView) -> forms.Form:
    return failed if isinstance(failed, AcceptForm) else AcceptForm(None, _classes(one))


def _groups(one: TransferView) -> list[Any]:
    if one.last_day is None:
        return []
    return list(schools.groups(school=one.receiver, kind=GroupKind.CLASS))


def _classes(one: TransferView) -> list[tuple[str, str]]:
    return [(str(group.id), group.code) for group in _groups(one)]


def _named(one: TransferView, path: str) -> bool:
    """Whether whoever stands at `path` may read the name: the new school only once the former one has let go."""
    if one.state is not TransferState.ASKED and one.last_day is not None:
        return True
    sender = schools.unit(one.sender)
    return sender is not None and sender.path.startswith(path)


def _row(one: TransferView, units: dict[UUID, str], names: Any) -> dict[str, Any]:
    view: PersonView | None = names.get(one.pupil)
    word, colour = words.STATES[one.state]
    return {
        "transfer": one,
        "name": view.name if view is not None else "",
        "sender": units.get(one.sender, ""),
        "receiver": units.get(one.receiver, ""),
        "state": word,
        "colour": colour,
    }
