"""A group's places in Google Classroom, Teams and other systems: we live beside them (row C24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.queries import PlacementView
from testamur.schoolday.support.rules import LinkKind, LinkView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SET = "support.link.set"
KINDS: Mapping[LinkKind, str | Promise] = {
    LinkKind.CLASSROOM: "Google Classroom",
    LinkKind.TEAMS: "Microsoft Teams",
    LinkKind.OTHER: gettext_lazy("Another system"),
}


class LinkForm(forms.Form):
    """A place in another system."""

    kind = forms.ChoiceField(label=gettext_lazy("System"), choices=[(k.value, name) for k, name in KINDS.items()])
    label = forms.CharField(label=gettext_lazy("Name of the link"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=600,
        help_text=gettext_lazy("As the other system shows it; it begins with https://."),
    )
    families = forms.BooleanField(label=gettext_lazy("Families and pupils see it too"), required=False)


class PlaceForm(forms.Form):
    """A learning tool on the group's page."""

    tool = forms.ChoiceField(label=gettext_lazy("Learning tool"))
    label = forms.CharField(label=gettext_lazy("Name of the link"), max_length=80, required=False)
    families = forms.BooleanField(label=gettext_lazy("Families and pupils see it too"), required=False)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one group has in other systems."""

    group: GroupView
    links: tuple[tuple[LinkView, str | Promise], ...]
    tools: tuple[PlacementView, ...]


def shelves_of(groups: Mapping[UUID, GroupView], *, families: bool) -> list[Shelf]:
    """The groups that have something, in order of their codes; two queries."""
    if not groups:
        return []
    links = queries.links(groups=groups, families=families)
    tools = queries.placements(groups=groups, families=families)
    return [
        Shelf(
            group,
            tuple((one, KINDS[one.kind]) for one in links if one.group == group.id),
            tuple(one for one in tools if one.group == group.id),
        )
        for group in sorted(groups.values(), key=lambda one: one.code)
        if not families or group.id in {*(one.group for one in links), *(one.group for one in tools)}
    ]


@door("support.ask", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: WebRequest, group: UUID) -> HttpResponse:
    """The links and tools of a group, and the forms for more."""
    found, visitor = _group(request, group), request.visitor
    known = queries.tools(path="/" + found.path.strip("/").split("/")[0] + "/")
    which = request.POST.get("what", "")
    form = LinkForm(request.POST if which == "link" else None, initial={"families": True})
    place = PlaceForm(request.POST if which == "tool" else None)
    choice: Any = place.fields["tool"]
    choice.choices = [(str(one.id), one.name) for one in known]
    try:
        if form.is_bound and form.is_valid():
            told = {**form.cleaned_data, "kind": LinkKind(form.cleaned_data["kind"])}
            actions.set_link(by=visitor.actor, group=group, now=visitor.now, **told)
            messages.success(request, _("The link is on the group's page."))
            return SeeOther(reverse("support:links", args=[group]))
        if place.is_bound and place.is_valid():
            told = {**place.cleaned_data, "tool": UUID(place.cleaned_data["tool"])}
            actions.place_tool(by=visitor.actor, group=group, now=visitor.now, **told)
            messages.success(request, _("The learning tool is on the group's page."))
            return SeeOther(reverse("support:links", args=[group]))
    except NotFound:
        raise
    except Refused as refused:
        refusals.into(form if form.is_bound else place, refused)
    return page(
        request,
        "web/support/links.html",
        status=422 if form.errors or place.errors else 200,
        group=found,
        shelf=next(iter(shelves_of({group: found}, families=False)), None),
        form=form,
        place=place if known else None,
    )


@door("support.ask", Area.STAFF, Area.OFFICE)
@require_POST
def end(request: WebRequest, group: UUID) -> HttpResponse:
    """Take a link or a tool off the group's page."""
    _group(request, group)
    visitor = request.visitor
    what, _sep, text = request.POST.get("item", "").partition(":")
    try:
        key = UUID(text)
    except ValueError:
        raise NotFound("There is no such link.", field="item") from None
    if what == "tool":
        actions.end_placement(by=visitor.actor, placement=key, now=visitor.now)
    else:
        actions.end_link(by=visitor.actor, link=key, now=visitor.now)
    messages.success(request, _("It is off the group's page. Nothing in the other system was changed."))
    return SeeOther(reverse("support:links", args=[group]))


def _group(request: WebRequest, group: UUID) -> GroupView:
    found = schools.group(group)
    if found is None or not request.visitor.actor.may(SET, found.path, group=group):
        raise NotFound("There is no such group.", group=str(group))
    return found
