"""Beginning a conversation: the staff to families and colleagues, a family to the staff of the child's school."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import GUARDIAN, Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools.rules import Placement
from testamur.schoolday.conversations import actions, queries
from testamur.schoolday.conversations.rules import AwayView, Circle, NewConversation
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.messages.fields import AskForm, WriteForm, given, taken
from testamur.surfaces.web.messages.recipients import Desk, desk_of, member, placed, schools_of, staff_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest


@door("messages.home", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: WebRequest) -> HttpResponse:
    """The form for whoever wears the hat; a family says first about which child, a body responsible at which school."""
    visitor = request.visitor
    if visitor.hat is not None and visitor.hat.unit is None:
        return _family(request)
    return _staff(request)


def _staff(request: WebRequest) -> HttpResponse:
    visitor = request.visitor
    wanted = request.POST.get("school", "") or request.GET.get("school", "")
    if not wanted and (some := schools_of(visitor)):
        return page(request, "web/messages/about.html", schools=some)
    desk = desk_of(visitor, wanted)
    form = WriteForm(desk.choices(), **given(request), initial={"to": _wanted(request)})
    hidden = sightings.protected(desk.sights) - {visitor.actor.id}
    sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, desk.unit.path), "messages.write")
    if form.is_bound and form.is_valid() and not _twice(request, form, new := _new(desk, form)):
        try:
            made = actions.start(by=visitor.actor, new=new, now=visitor.now, files=taken(form.cleaned_data["enclosed"]))
        except Refused as refused:
            refusals.into(form, refused)
        else:
            due = form.cleaned_data["due_at"]
            if due:
                at = timezone.localtime(due).strftime("%Y-%m-%d %H:%M")
                messages.success(request, _("It goes out on %(at)s. Until then you can call it off.") % {"at": at})
            else:
                messages.success(request, _("The message is sent."))
            return SeeOther(reverse("messages:conversation", args=[made]))
    return page(
        request, "web/messages/write.html", status=_status(form), form=form, eyebrow=desk.unit.name, school=wanted
    )


def _wanted(request: WebRequest) -> str:
    """The choice that a link names: ``?to=`` as it stands in the form, or ``?group=`` with or without ``&pupil=``."""
    group, pupil = request.GET.get("group", ""), request.GET.get("pupil", "")
    if group:
        return f"child:{group}:{pupil}" if pupil else f"guardians:{group}"
    return request.GET.get("to", "")


def _new(desk: Desk, form: WriteForm) -> NewConversation:
    said = form.cleaned_data
    chosen = desk.chosen(said["to"])
    return NewConversation(
        unit=desk.unit.id, circle=chosen.circle, subject=said["subject"], text=said["text"], language=said["language"],
        group=chosen.group, child=chosen.child, to=chosen.to, talk=said["talk"], due_at=said["due_at"],
    )  # fmt: skip


def _family(request: WebRequest) -> HttpResponse:
    visitor = request.visitor
    seen = reach.persons(visitor, "messages.write")
    places = placed(visitor)
    wanted = request.POST.get("child", "") or request.GET.get("child", "")
    place = next((one for key, one in places.items() if str(key) == wanted), None)
    if place is None and wanted:
        raise NotFound("There is no such child at a school.")
    if place is None and len(places) == 1:
        place = next(iter(places.values()))
    named = [(key, seen[key].given or seen[key].name) for key in seen if key in places]
    if place is None:
        return page(request, "web/messages/about.html", named=named)
    return _asked(request, place, dict(named).get(place.person, ""))


def _asked(request: WebRequest, place: Placement, name: str) -> HttpResponse:
    visitor = request.visitor
    choices = staff_of(visitor, place)
    shared = visitor.hat is not None and visitor.hat.key == GUARDIAN
    form = AskForm(choices, **given(request), shared=shared, initial={"to": request.GET.getlist("to")})
    if form.is_bound and form.is_valid() and not _twice(request, form, new := _question(place, form)):
        try:
            made = actions.start(by=visitor.actor, new=new, now=visitor.now, files=taken(form.cleaned_data["enclosed"]))
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The message is sent."))
            return SeeOther(reverse("messages:conversation", args=[made]))
    return page(
        request,
        "web/messages/write.html",
        status=_status(form),
        form=form,
        eyebrow=name,
        about=place.person,
        away=_away(visitor, [value for value, _label in choices]),
    )


def _question(place: Placement, form: AskForm) -> NewConversation:
    said = form.cleaned_data
    return NewConversation(
        unit=place.school, circle=Circle.SCHOOL, subject=said["subject"], text=said["text"], language=said["language"],
        child=place.person, to=tuple(map(member, said["to"])), talk=said.get("talk", False),
    )  # fmt: skip


def _twice(request: WebRequest, form: WriteForm | AskForm, new: NewConversation) -> bool:
    """Whether the same was sent within the hour and nobody said that it is to go out once more; then the form says so.

    Whoever goes back after sending finds the letter in its form, and nothing says that it is on its way.
    """
    at = queries.sent_lately(by=request.visitor.actor, new=new, now=request.visitor.now)
    if at is None or request.POST.get("again") or form.cleaned_data["enclosed"]:
        return False  # a form that was gone back to has lost its files
    told = _("You sent the same message at %(at)s.") % {"at": timezone.localtime(at).strftime("%H:%M")}
    form.add_error(None, ValidationError(told, code="twice"))
    return True


def _away(visitor: Visitor, values: list[str]) -> list[AwayView]:
    """Those of the teachers to choose from who are away today."""
    persons = [UUID(value.partition(":")[2]) for value in values if value.startswith("person:")]
    return list(queries.away(by=visitor.actor, persons=persons, on=visitor.now.date()).values())


def _status(form: WriteForm | AskForm) -> int:
    return 422 if form.is_bound and form.errors else 200
