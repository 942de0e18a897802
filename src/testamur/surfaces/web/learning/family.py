"""What a family sees of its child's learning: plans, the matrix, development plans, the portfolio, talks."""

from __future__ import annotations

from datetime import date, timedelta
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
from testamur.register.people.rules import Protection
from testamur.schoolday.diary.actions import note_visit
from testamur.schoolday.diary.rules.states import Part as DiaryPart
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import LONGEST_ALT, LONGEST_TITLE, Preparation
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened
from testamur.surfaces.web.family.week import names
from testamur.surfaces.web.learning.development import PARTS, signatures
from testamur.surfaces.web.learning.export import zipped
from testamur.surfaces.web.learning.matrices import cells, day_of
from testamur.surfaces.web.learning.portfolio import KINDS
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

FURTHEST = timedelta(weeks=60)


class WorkForm(forms.Form):
    """A work of one's own."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=6000
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 20 MB. Place and time of the photograph are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=gettext_lazy("What does the picture show?"),
        help_text=gettext_lazy("For those who do not see it. Needed with a picture."),
        required=False,
        max_length=LONGEST_ALT,
    )


class PrepareForm(forms.Form):
    """What one brings to a talk."""

    well = forms.CharField(
        label=gettext_lazy("What goes well?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    harder = forms.CharField(
        label=gettext_lazy("What is harder?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    wish = forms.CharField(
        label=gettext_lazy("What do you want to speak about?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@door("learning.home", Area.FAMILY)
@require_safe
def child(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Everything of one child on one page, a week of plans at a time; what was new is seen now."""
    visitor = request.visitor
    of = opened(visitor, pupil, "learning")
    by, monday = visitor.actor, _monday(request.GET.get("monday", ""), of.today)
    sunday = monday + timedelta(days=6)
    since = of.news.since[DiaryPart.LEARNING]
    entries = queries.entries_for(by=by, children=[pupil], on=of.today)[pupil]
    developments = queries.developments_for(by=by, children=[pupil])[pupil]
    talks = queries.talks_for(by=by, children=[pupil])[pupil]
    response = page(
        request,
        "web/learning/child.html",
        child=of,
        children=of.children,
        monday=monday,
        sunday=sunday,
        earlier=monday - timedelta(days=7),
        later=monday + timedelta(days=7),
        plans=[
            (one, of.schooling.subject(one.subject) if one.subject else "")
            for one in queries.plans_for(by=by, children=[pupil], first=monday, last=sunday)[pupil]
        ],
        matrices=len(queries.matrices_for(by=by, child=pupil, on=of.today)),
        developments=[(one, one.standing, _waits(request, one.standing)) for one in developments],
        talks=[one for one in talks if one.called_off_at is None or one.at >= visitor.now],
        entries=[(one, KINDS[one.kind], (one.published_at or one.made_at) > since) for one in entries[:6]],
        more=len(entries) > 6,  # noqa: PLR2004 - so many are shown here
        may_add=by.may("learning.family.add", of.person.path, person=pupil),
    )
    note_visit(by=by, pupil=pupil, part=DiaryPart.LEARNING, now=visitor.now)
    return response


@door("learning.home", Area.FAMILY)
@require_safe
def child_teaching(request: WebRequest, pupil: UUID, plan: UUID) -> HttpResponse:
    """One plan of the child's group."""
    of = opened(request.visitor, pupil, "learning")
    found = queries.plan_for(by=request.visitor.actor, child=pupil, plan=plan, on=of.today)
    return page(
        request,
        "web/learning/child_teaching.html",
        child=of,
        children=of.children,
        plan=found,
        subject=of.schooling.subject(found.subject) if found.subject else "",
        writer=names(request.visitor, {found.made_by}).get(found.made_by, ""),
    )


@door("learning.home", Area.FAMILY)
@require_safe
def child_matrix(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Where the child stands at each goal, as of a day; of no other child anything."""
    of = opened(request.visitor, pupil, "learning")
    on = day_of(request.GET.get("on", ""), of.today)
    found = queries.matrices_for(by=request.visitor.actor, child=pupil, on=on)
    return page(
        request,
        "web/learning/child_matrix.html",
        child=of,
        children=of.children,
        on=on,
        matrices=[
            (one.plan, of.schooling.subject(one.plan.subject) if one.plan.subject else "", cells(one, pupil))
            for one in found
        ],
    )


@door("learning.home", Area.FAMILY)
@require_safe
def child_plan(request: WebRequest, pupil: UUID, version: UUID) -> HttpResponse:
    """A version of the child's development plan, and who has confirmed it."""
    of = opened(request.visitor, pupil, "learning")
    known = queries.developments_for(by=request.visitor.actor, children=[pupil])[pupil]
    found = next((one for some in known for one in some.versions if one.id == version), None)
    if found is None:
        raise NotFound("There is no such version.", version=str(version))
    return page(
        request,
        "web/learning/child_plan.html",
        child=of,
        children=of.children,
        version=found,
        signed=signatures(request.visitor, found),
        mine=found.signed_by(request.visitor.actor.id),
        newest=any(one.standing == found for one in known),
    )


@door("learning.home", Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def child_talk(request: WebRequest, pupil: UUID, talk: UUID) -> HttpResponse:
    """A talk: what it is about, what one brings to it, and what was said; a POST keeps one's own preparation."""
    visitor = request.visitor
    of = opened(visitor, pupil, "learning")
    found = queries.talk_for(by=visitor.actor, child=pupil, talk=talk)
    mine = next((one for one in found.preparations if one.person == visitor.actor.id), None)
    form = PrepareForm(request.POST if request.method == "POST" else None, initial=_prepared(mine))
    if request.method == "POST" and form.is_valid():
        try:
            actions.prepare_talk(by=visitor.actor, talk=talk, now=visitor.now, **form.cleaned_data)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("It is kept. The teacher reads it before the talk."))
            return SeeOther(reverse("learning:child_talk", args=[pupil, talk]))
    others = [(PARTS[one.part], one) for one in found.preparations if one is not mine]
    return page(
        request,
        "web/learning/child_talk.html",
        status=422 if form.errors else 200,
        child=of,
        children=of.children,
        talk=found,
        host=names(visitor, {found.host}).get(found.host, ""),
        others=others,
        mine=mine,
        form=form,
        open=found.minutes_at is None and found.called_off_at is None,
    )


@door("learning.home", Area.FAMILY)
@require_safe
def child_portfolio(request: WebRequest, pupil: UUID) -> HttpResponse:
    """All that stands in the child's portfolio."""
    of = opened(request.visitor, pupil, "learning")
    entries = queries.entries_for(by=request.visitor.actor, children=[pupil], on=of.today)[pupil]
    goals = queries.goals_by_id({goal for one in entries for goal in one.goals})
    return page(
        request,
        "web/learning/child_portfolio.html",
        child=of,
        children=of.children,
        lines=[(one, KINDS[one.kind], [goals[g].text for g in one.goals if g in goals]) for one in entries],
        may_add=request.visitor.actor.may("learning.family.add", of.person.path, person=pupil),
    )


@door("learning.home", Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Add a work of the child's own; the family and the teachers see it."""
    visitor = request.visitor
    of = opened(visitor, pupil, "learning")
    form = WorkForm(request.POST or None, request.FILES or None)
    if of.person.protection is not Protection.NONE:
        del form.fields["picture"], form.fields["alt"]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        sent = told.get("picture")
        try:
            actions.add_work(
                by=visitor.actor, child=pupil, title=told["title"], text=told["text"],
                picture=sent.read() if sent else None, alt=told.get("alt", ""), now=visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Your work is kept. The teachers see it too."))
            return SeeOther(reverse("learning:child_portfolio", args=[pupil]))
    status = 422 if form.errors else 200
    return page(request, "web/learning/work.html", status=status, child=of, children=of.children, form=form)


@door("learning.home", Area.FAMILY)
@require_POST
def drop(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Take back a work that one added, or remove the picture of one for good."""
    of = opened(request.visitor, pupil, "learning")
    work = next(iter(ids_of([request.POST.get("work", "")])), None)
    if work is not None:
        actions.withdraw_work(by=request.visitor.actor, entry=work, now=request.visitor.now)
        messages.success(request, _("The work is taken back."))
        return SeeOther(reverse("learning:child_portfolio", args=[pupil]))
    wanted = next(iter(ids_of([request.POST.get("picture", "")])), None)
    known = queries.entries_for(by=request.visitor.actor, children=[pupil], on=of.today)[pupil]
    if wanted is None or wanted not in {one.id for entry in known if entry.own for one in entry.pictures}:
        raise NotFound("There is no such picture.")
    actions.remove_picture(by=request.visitor.actor, picture=wanted, now=request.visitor.now)
    messages.success(request, _("The picture is removed for good."))
    return SeeOther(reverse("learning:child_portfolio", args=[pupil]))


@door("learning.home", Area.FAMILY)
@require_safe
def export(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The child's portfolio as a ZIP that opens in every browser: for keeping, when the child leaves the school."""
    of = opened(request.visitor, pupil, "learning")
    data = zipped(request, of)
    headers = {"Content-Disposition": 'attachment; filename="portfolio.zip"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/zip", headers=headers)


def _waits(request: WebRequest, version: object) -> bool:
    """Whether the visitor has still to confirm a version."""
    signed_by = getattr(version, "signed_by", None)
    return signed_by is not None and signed_by(request.visitor.actor.id) is None


def _prepared(mine: Preparation | None) -> dict[str, str]:
    return {"well": mine.well, "harder": mine.harder, "wish": mine.wish} if mine is not None else {}


def _monday(wanted: str, today: date) -> date:
    try:
        day = date.fromisoformat(wanted) if wanted else today
    except ValueError:
        day = today
    day = day if abs(day - today) <= FURTHEST else today
    return day - timedelta(days=day.weekday())
