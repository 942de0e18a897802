"""The portfolio of a group, for those who teach there; and pictures, for those who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.queries import Showable
from testamur.schoolday.learning.rules import (
    LONGEST_ALT,
    LONGEST_TITLE,
    EntryKind,
    EntryView,
    NewEntry,
    NoConsent,
)
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of, today
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.learning.about import Place, place_of
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SEE, WRITE = "learning.entry.see", "learning.entry.write"
KINDS = {
    EntryKind.DOCUMENTATION: gettext_lazy("Documentation"),
    EntryKind.WORK: gettext_lazy("Work"),
}


class EntryForm(forms.Form):
    """What happened, about whom, and which goals it shows."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(kind.value, name) for kind, name in KINDS.items()],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    on = forms.DateField(label=gettext_lazy("Day"), widget=Day)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Every family of the children below reads it: name nobody."),
    )
    children = forms.MultipleChoiceField(label=gettext_lazy("About whom?"), widget=forms.CheckboxSelectMultiple)
    goals = forms.MultipleChoiceField(
        label=gettext_lazy("Which goals does it show?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        """The children of the group, and the goals of its plans."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["children"].choices = [(str(one.id), one.name) for one in place.pupils.values()]
        known = queries.goals_in(by=place.by, group=place.group.id) if place.may("learning.plan.see") else ()
        fields["goals"].choices = [(str(goal.id), goal.text) for goal in known]
        if not known:
            del self.fields["goals"]


class ChangeForm(EntryForm):
    """An entry in other words: whom it is about, and what it is, stay."""

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        """Without what stays."""
        super().__init__(place, *args, **kwargs)
        del self.fields["kind"], self.fields["children"]


class PictureForm(forms.Form):
    """A picture, what it shows, and who is seen in it."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 20 MB. Place and time of the photograph are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=gettext_lazy("What does the picture show?"),
        help_text=gettext_lazy("For those who do not see it. Name nobody."),
        max_length=LONGEST_ALT,
    )
    shown = forms.MultipleChoiceField(
        label=gettext_lazy("Who is seen in it?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, place: Place, who: Showable, *args: Any, **kwargs: Any) -> None:
        """The children of the group; those who may not be shown are named as such."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["shown"].choices = [
            (str(one.id), one.name if _may(one.id, who) else _("%(name)s (no pictures)") % {"name": one.name})
            for one in place.pupils.values()
        ]


def _may(child: UUID, who: Showable) -> bool:
    return child in who.consented and child not in who.protected


@door("learning.home", Area.STAFF)
@require_safe
def portfolio(request: WebRequest, group: UUID) -> HttpResponse:
    """The entries of a group."""
    place = place_of(request.visitor, group, "learning.portfolio", SEE)
    found = queries.entries(by=place.by, group=group, on=place.on)
    return page(
        request,
        "web/learning/portfolio.html",
        place=place,
        tabs=place.tabs("portfolio"),
        lines=[(one, KINDS[one.kind], _names(place, one)) for one in found],
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WebRequest, group: UUID) -> HttpResponse:
    """Begin an entry; its pictures are added on the next page."""
    place = place_of(request.visitor, group, "learning.portfolio", WRITE)
    initial = {"kind": EntryKind.DOCUMENTATION.value, "on": place.on}
    form = EntryForm(place, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        said = NewEntry(
            told["title"], told["on"], tuple(ids_of(told["children"])), EntryKind(told["kind"]), told["text"],
            tuple(ids_of(told.get("goals", []))),
        )  # fmt: skip
        try:
            key = actions.add_entry(by=place.by, group=group, new=said, now=request.visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("It is kept as a draft. Add pictures, then publish it."))
            return SeeOther(reverse("learning:entry", args=[key]))
    status = 422 if form.errors else 200
    return page(request, "web/learning/entry_new.html", status=status, place=place, form=form)


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: WebRequest, entry: UUID) -> HttpResponse:
    """One entry with its pictures; a POST adds one."""
    found = queries.entry(by=request.visitor.actor, entry=entry, on=today(request.visitor))
    place = place_of(request.visitor, found.group, "learning.portfolio", SEE)
    who = queries.showable(list(place.pupils), place.on)
    form = PictureForm(place, who, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.add_picture(
                by=place.by, entry=entry, data=told["picture"].read(), alt=told["alt"], children=ids_of(told["shown"]),
                now=request.visitor.now,
            )  # fmt: skip
        except Refused as refused:
            _into(form, refused, place)
        else:
            messages.success(request, _("The picture is added, without place and time."))
            return SeeOther(reverse("learning:entry", args=[entry]))
    return _entry_page(request, place, found, form)


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: WebRequest, entry: UUID) -> HttpResponse:
    """Put an entry that one wrote in other words."""
    found = queries.entry(by=request.visitor.actor, entry=entry, on=today(request.visitor))
    place = place_of(request.visitor, found.group, "learning.portfolio", WRITE)
    if found.own or found.made_by != place.by.id:
        raise NotFound("Whoever wrote it changes it.")
    initial = {"title": found.title, "on": found.on, "text": found.text, "goals": [str(one) for one in found.goals]}
    form = ChangeForm(place, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        goals = tuple(ids_of(told["goals"])) if "goals" in form.fields else None
        try:
            actions.change_entry(
                by=place.by, entry=entry, title=told["title"], text=told["text"], on=told["on"], goals=goals,
                now=request.visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("It is changed. What it said before is kept."))
            return SeeOther(reverse("learning:entry", args=[entry]))
    status = 422 if form.errors else 200
    return page(request, "web/learning/entry_new.html", status=status, place=place, form=form, entry=found)


@door("learning.home", Area.STAFF)
@require_POST
def act(request: WebRequest, entry: UUID) -> HttpResponse:
    """Publish an entry, take it back, or remove a picture of it."""
    by, now, what = request.visitor.actor, request.visitor.now, request.POST.get("act", "")
    found = queries.entry(by=by, entry=entry, on=today(request.visitor))
    if what == "publish":
        try:
            actions.publish_entry(by=by, entry=entry, now=now)
        except NoConsent as refused:
            place = place_of(request.visitor, found.group, "learning.portfolio", SEE)
            form = PictureForm(place, queries.showable(list(place.pupils), place.on))
            return _entry_page(request, place, found, form, problem=_blocked(refused, place))
        messages.success(request, _("It is published. The families of the children are told."))
    elif what == "withdraw":
        actions.withdraw_entry(by=by, entry=entry, now=now)
        messages.success(request, _("No family sees it any more."))
    elif what == "remove":
        wanted = ids_of([request.POST.get("picture", "")])
        if not {one.id for one in found.pictures} & set(wanted):
            raise NotFound("There is no such picture.")
        actions.remove_picture(by=by, picture=wanted[0], now=now)
        messages.success(request, _("The picture is removed for good."))
    else:
        messages.warning(request, _("Nothing was changed."))
    return SeeOther(reverse("learning:entry", args=[entry]))


@door("learning.home", Area.STAFF, Area.FAMILY)
@require_safe
def picture(request: WebRequest, picture: UUID) -> HttpResponse:
    """A picture; with ``?small=1`` its small one. It is kept by no cache: a consent can be taken back."""
    small = bool(request.GET.get("small"))
    data = queries.picture(by=request.visitor.actor, picture=picture, on=today(request.visitor), thumb=small)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


def _entry_page(
    request: WebRequest, place: Place, found: EntryView, form: PictureForm, *, problem: str = ""
) -> HttpResponse:
    goals = queries.goals_by_id(found.goals)
    return page(
        request,
        "web/learning/entry.html",
        status=422 if problem or form.errors else 200,
        place=place,
        entry=found,
        kind=KINDS[found.kind],
        names=_names(place, found),
        goals=[goals[one].text for one in found.goals if one in goals],
        writer=names_of(request.visitor, [found.made_by]).get(found.made_by, ""),
        pictures=[(one, [place.pupils[c].name for c in place.pupils if c in one.children]) for one in found.pictures],
        form=form,
        problem=problem,
        may_write=place.may(WRITE),
        mine=not found.own and found.made_by == place.by.id and place.may(WRITE),
        earlier=queries.earlier(by=place.by, entry=found.id),
    )


def _names(place: Place, found: EntryView) -> list[str]:
    return [place.pupils[child].name for child in place.pupils if child in found.children]


def _blocked(refused: NoConsent, place: Place) -> str:
    """Who stands in the way, by name: whoever publishes has to know which picture to change."""
    ids = {UUID(one) for one in ids_in(refused)}
    names = ", ".join(one.name for key, one in place.pupils.items() if key in ids)
    return f"{refusals.sentence(refused)} {names}".strip()


def ids_in(refused: NoConsent) -> list[str]:
    """The children of a refusal."""
    found = refused.found.get("children", [])
    return [str(one) for one in found] if isinstance(found, list) else []


def _into(form: PictureForm, refused: Refused, place: Place) -> None:
    if isinstance(refused, NoConsent):
        form.add_error("shown", _blocked(refused, place))
    else:
        refusals.into(form, refused)
