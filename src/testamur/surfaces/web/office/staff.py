"""Who holds which post at a school; delegates and acting principals; who signs what may be delegated."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.people.rules import Scheme
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, NewPost, PostView, Role
from testamur.schoolday.results import actions as results
from testamur.schoolday.results import queries as result_queries
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons, words
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page

BY_PRINCIPAL = ("delegate", "principal", "class_teacher", "teacher")
"""Posts that a principal may give: an administrator is appointed by the office."""
DATE = {"type": "date"}


class PostForm(forms.Form):
    """A post for somebody, from a day until a day."""

    number = forms.CharField(
        label=gettext_lazy("Personal number"),
        max_length=40,
        help_text=gettext_lazy("Of somebody who is in the register already."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Post"))
    group = forms.ChoiceField(
        label=gettext_lazy("Class"), required=False, help_text=gettext_lazy("For a class teacher.")
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    ends = forms.DateField(
        label=gettext_lazy("Until and with"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=gettext_lazy("Needed for a delegate and an acting principal: powers end by themselves."),
    )

    def __init__(self, data: Any, roles: tuple[str, ...], groups: list[tuple[str, str]], today: date) -> None:
        """What the visitor may give at this school."""
        super().__init__(data, initial={"starts": today})
        self.fields["role"].choices = [(r, words.ROLES[r]) for r in roles]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "–"), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever acts for another does so for a time."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("role") == "delegate" and not told.get("ends"):
            self.add_error("ends", _("Say until when the delegation holds."))
        return told


@door("office.home", Area.OFFICE)
@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """The posts of a school, and the form for another."""
    place = place_of(request)
    return _shown(request, place, _form(request, place, None))


def _roles(place: Place) -> tuple[str, ...]:
    return BY_PRINCIPAL if place.hat.role == "principal" else words.POSTS


def _form(request: HttpRequest, place: Place, data: Any) -> PostForm:
    today = visitor_of(request).now.date()
    groups = schools.groups(school=place.one.id, kind=GroupKind.CLASS)
    latest = max((g.school_year_code for g in groups), default="")
    told = [(str(g.id), g.code) for g in groups if g.school_year_code == latest]
    return PostForm(data, _roles(place), told, today)


def _shown(request: HttpRequest, place: Place, form: PostForm, status: int = 200) -> HttpResponse:
    by, today = actor_of(request), visitor_of(request).now.date()
    by.must("records.record.read", place.one.path)
    found = schools.posts_at(unit=place.one.id, on=today)
    names = persons.shown(request, [p.person for p in found], "office.people")
    groups = schools.groups_by_id(p.group for p in found if p.group)
    order = {role: n for n, role in enumerate(words.POSTS)}
    rows = [
        {
            "post": p,
            "name": names[p.person].name if p.person in names else "",
            "role": words.word(words.ROLES, p.role.value),
            "group": groups[p.group].code if p.group in groups else "",
            "may_end": by.may("schools.post.end", p.path) and p.role.value in _roles(place),
        }
        for p in sorted(
            found, key=lambda p: (order.get(p.role.value, 99), names[p.person].sort_key if p.person in names else "")
        )
    ]
    return page(
        request,
        "web/office/people.html",
        status=status,
        place=place,
        chosen_school=place.one.id,
        rows=rows,
        form=form,
        may_add=by.may("schools.post.add", place.one.path),
        today=today,
        signers=_signers(request, place),
    )


def _signers(request: HttpRequest, place: Place) -> list[dict[str, Any]]:
    """Documents that may be signed by delegation, and who signs them now."""
    by, today = actor_of(request), visitor_of(request).now.date()
    pack = PACKS.get(schools.pack_of(place.one.id, on=today))
    if pack is None or not by.may("records.record.choose_signer", place.one.path):
        return []
    chosen = result_queries.signing_choices(by=by, path=place.one.path, unit=place.one.id)
    return [
        {"document": d, "signer": chosen.get(d.code, "principal")}
        for d in pack.documents.values()
        if any(step.delegable for step in d.signers)
    ]


@door("office.correct", Area.OFFICE)
@require_POST
def appoint(request: HttpRequest) -> HttpResponse:
    """Give a post."""
    place, by, now = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request).now
    by.must("schools.post.add", place.one.path)
    form = _form(request, place, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            new = NewPost(
                _person(told["number"], now.date()),
                place.one.id,
                Role(told["role"]),
                told["starts"],
                told["ends"],
                group=UUID(told["group"]) if told["group"] else None,
            )
            actions.add_posts(by=by, posts=[new], now=now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The post is given."))
            return redirect(f"{reverse('office:people')}?school={place.one.id}")
    return _shown(request, place, form, status=400)


def _person(number: str, on: date) -> UUID:
    """Whoever has the number, in whichever scheme it is one."""
    for scheme in Scheme:
        found = None if scheme is Scheme.LOCAL else people.holder_of_identifier(scheme=scheme, value=number, on=on)
        if found is not None:
            return found
    raise NotFound(_("Nobody in the register has that number. Import the person first."), field="number")


@door("office.correct", Area.OFFICE)
@require_POST
def end(request: HttpRequest, post: UUID) -> HttpResponse:
    """Say which day of a post is the last."""
    place, by, now = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request).now
    by.must("schools.post.end", place.one.path)
    found: PostView | None = schools.posts_by_id([post]).get(post)
    if found is None or found.unit != place.one.id or found.role.value not in _roles(place):
        raise NotFound("There is no such post.")
    try:
        last = date.fromisoformat(request.POST.get("ends", ""))
        actions.end_posts(by=by, ends={post: last}, now=now)
    except ValueError:
        messages.error(request, _("Write the last day as 2026-06-30."))
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("The post ends on %(day)s.") % {"day": last.isoformat()})
    return redirect(f"{reverse('office:people')}?school={place.one.id}")


@door("office.correct", Area.OFFICE)
@require_POST
def signer(request: HttpRequest) -> HttpResponse:
    """Choose who signs a document that may be delegated."""
    place, by = place_of(request, request.POST.get("school", "")), actor_of(request)
    results.choose_signer(
        by=by,
        unit=place.one.id,
        document_type=request.POST.get("document", ""),
        signer=request.POST.get("signer", ""),
        now=visitor_of(request).now,
    )
    messages.success(
        request, _("Drafts made from now on name this signer. Make the drafts again that are there already.")
    )
    return redirect(f"{reverse('office:people')}?school={place.one.id}")
