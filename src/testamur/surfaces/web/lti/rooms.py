"""A teacher links the course room that he or she came from to a course occasion; the rooms that are linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.lms import actions, queries
from testamur.exchange.connectors.lms.rules import Launch
from testamur.kernel.base.refused import Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import OccasionView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.lti.launches import LASTS, ROOM, SALT
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

PAST = timedelta(days=400)
"""So long after its end an occasion is still offered: results of re-examinations come late."""
MOST = 400


class OccasionForm(forms.Form):
    """Which course occasion the room is for."""

    occasion = forms.ChoiceField(
        label=gettext_lazy("Course occasion"),
        help_text=gettext_lazy("Students and grades of the room can then be fetched into lists of that course."),
    )
    room = forms.CharField(widget=forms.HiddenInput, max_length=64)


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def room(request: WebRequest) -> HttpResponse:
    """The room of the last launch of this browser, and the occasion that it shall be linked to."""
    visitor = request.visitor
    kept = _kept(request)
    if kept is None:
        return page(request, "web/lti/room.html", status=404 if request.method == "POST" else 200, launch=None)
    platform, launch = kept
    digest = sha256(f"{platform} {launch.context}".encode()).hexdigest()
    offered = _offered(visitor)
    words = _words(offered)
    form = OccasionForm(request.POST or None, initial={"room": digest, "occasion": _likely(launch, offered)})
    form.fields["occasion"].choices = [("", _("Choose")), *((str(one.id), words[one.id]) for one in offered)]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["room"] != digest:
            form.add_error(None, _("You came from another room meanwhile. Look at its name, and choose again."))
        else:
            try:
                actions.link_room(
                    by=visitor.actor, platform=platform, launch=launch, occasion=UUID(form.cleaned_data["occasion"]),
                    now=visitor.now,
                )  # fmt: skip
            except Refused as refused:
                refusals.into(form, refused)
            else:
                messages.success(request, _("The room “%(title)s” is linked.") % {"title": launch.title})
                answer = redirect("lti:rooms")
                answer.delete_cookie(ROOM, path=reverse("lti:room"))
                return answer
    return page(request, "web/lti/room.html", status=422 if form.errors else 200, launch=launch, form=form)


@require_GET
@door("results.home", Area.RESULTS)
def rooms(request: WebRequest) -> HttpResponse:
    """The linked rooms of the visitor's place."""
    visitor = request.visitor
    visitor.actor.must(queries.FETCH, _path(visitor))
    found = queries.rooms(by=visitor.actor, path=_path(visitor))
    places = studies.occasions_by_id(one.occasion for one in found if one.occasion is not None)
    words = _words(list(places.values()))
    lines = [{"room": one, "occasion": words.get(one.occasion, "") if one.occasion else ""} for one in found]
    return page(request, "web/lti/rooms.html", lines=lines)


@require_POST
@door("results.home", Area.RESULTS)
def unlink(request: WebRequest, lms_room: UUID) -> HttpResponse:
    """Take a link back."""
    actions.unlink_room(by=request.visitor.actor, room=lms_room, now=request.visitor.now)
    messages.success(request, _("The room is no longer linked."))
    return redirect("lti:rooms")


def _path(visitor: Visitor) -> str:
    return visitor.hat.unit_path if visitor.hat is not None else "/"


def _kept(request: WebRequest) -> tuple[UUID, Launch] | None:
    """What the launch told, from the signed cookie; None without one, or an old one."""
    try:
        told = signing.loads(request.COOKIES.get(ROOM, ""), salt=SALT, max_age=LASTS)
        return UUID(told.pop("platform")), Launch(**told)
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def _offered(visitor: Visitor) -> Sequence[OccasionView]:
    since = visitor.now.date() - PAST
    found = [one for one in studies.occasions(path=_path(visitor)) if one.ends >= since]
    return [one for one in found if visitor.actor.may(queries.FETCH, one.path)][:MOST]


def _words(occasions: Sequence[OccasionView]) -> Mapping[UUID, str]:
    courses = _courses(occasions)
    return {
        one.id: f"{courses[one.course].code} {courses[one.course].name}, {one.term}, {one.code}"
        for one in occasions
        if one.course in courses
    }


def _courses(occasions: Sequence[OccasionView]) -> Mapping[UUID, CourseView]:
    return curriculum.courses({one.course for one in occasions})


def _likely(launch: Launch, occasions: Sequence[OccasionView]) -> str:
    """The latest occasion whose course code, or whose own code, stands in the name of the room."""
    courses, title = _courses(occasions), f" {launch.title.upper()} "
    for one in occasions:
        code = courses[one.course].code.upper() if one.course in courses else ""
        if (code and code in title) or f" {one.code.upper()} " in title:
            return str(one.id)
    return ""
