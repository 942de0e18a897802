"""Who teaches what in a class: its subjects by the law's programme, each with a teacher (rows E13, E14)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.queries import setup
from testamur.register.schools.rules import GroupKind, GroupView, NewPost, PostView, Role
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.register.desk import (
    Desk,
    back,
    desk_of_group,
    one_day,
    staff,
    subject_name,
)
from testamur.surfaces.web.office.scope import visitor_of
from testamur.surfaces.web.pages import page

LEADS = "class-teacher"
HERE = "office.register.plan"
LEARNT = {Role.TEACHER, Role.CLASS_TEACHER}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plan: what, who (empty for nobody), since when; `field` is its name in the form."""

    field: str
    name: str
    subject: str
    teacher: str
    since: date | None
    needed: bool = False


class PlanChanged(Refused):
    """Somebody else changed the plan of the class meanwhile."""

    code = "web.office.plan_changed"


@door("office.home", Area.OFFICE)
@require_GET
def plan(request: HttpRequest, group: UUID) -> HttpResponse:
    """The plan, each line with its teacher to be chosen."""
    desk, one = desk_of_group(request, group)
    held = _held(desk, one)
    return page(
        request,
        "web/office/register/plan.html",
        desk=desk,
        group=one,
        lines=_lines(desk, one, held),
        teachers=staff(request, desk, HERE),
        seen=_seen(held),
        may=desk.may("schools.post.add") and desk.may("schools.post.end"),
    )


def _held(desk: Desk, one: GroupView) -> list[PostView]:
    """The posts of the class on the day."""
    posts = schools.posts_at(unit=desk.school.id, on=desk.day)
    return [post for post in posts if post.group == one.id and post.role in LEARNT]


def _seen(held: Iterable[PostView]) -> str:
    """What the plan was when the page was made."""
    told = "".join(sorted(f"{post.id}{post.ends}" for post in held))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _lines(desk: Desk, one: GroupView, held: Sequence[PostView]) -> list[Line]:
    """The class teacher, the subjects of the programme, and others that somebody teaches."""
    pack = desk.pack
    lines = []
    if one.kind is GroupKind.CLASS:
        leaders = [p for p in held if p.role is Role.CLASS_TEACHER]
        lines += _of(_("Class teacher"), LEADS, leaders, needed=True)
    taught = [p for p in held if p.role is Role.TEACHER]
    known = list(setup.programme(pack, one.year_level, desk.day)) if one.kind is GroupKind.CLASS else []
    open_ = setup.untaught(known, setup.taught(schools.teachers_of(groups=[one.id], on=desk.day)))
    codes = [subject.code for subject in known]
    codes += sorted({p.subject or one.subject for p in taught} - set(codes))
    if one.kind is not GroupKind.CLASS and one.subject not in codes:
        codes.append(one.subject)
    for code in codes:
        mine = [p for p in taught if (p.subject or one.subject) == code]
        name = subject_name(pack, code) if code else _("All subjects")
        lines += _of(name, code, mine, needed=code in open_)
    return lines


def _of(name: str, code: str, posts: Sequence[PostView], *, needed: bool) -> list[Line]:
    found = [Line(f"post-{post.id}", name, code, str(post.person), post.starts) for post in posts]
    return found or [Line(f"subject-{code}", name, code, "", None, needed=needed)]


@door("office.correct", Area.OFFICE)
@require_POST
def save(request: HttpRequest, group: UUID) -> HttpResponse:
    """Keep the lines that differ: a former teacher's post ends the day before the new one's begins."""
    desk, one = desk_of_group(request, group, "schools.post.add")
    held = _held(desk, one)
    on = one_day(request.POST.get("on", "")) or desk.day
    try:
        if request.POST.get("seen", "") != _seen(held):
            raise PlanChanged("Somebody else changed the plan of this class meanwhile. Look at it again.")
        if desk.year is None or not desk.year.starts <= on <= desk.year.ends:
            messages.error(request, _("Choose a day of the school year."))
            return back("office:register_plan", one.id)
        ends, posts = _changes(request, desk, one, held, on)
        if ends or posts:
            actions.change_plan(by=desk.by, group=one.id, ends=ends, posts=posts, now=visitor_of(request).now)
            messages.success(request, _("The plan is kept."))
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
    return back("office:register_plan", one.id)


def _changes(
    request: HttpRequest, desk: Desk, one: GroupView, held: Sequence[PostView], on: date
) -> tuple[dict[UUID, date], list[NewPost]]:
    """What ends when, and what begins."""
    teachers = {UUID(key) for key, _name in staff(request, desk, HERE)}
    lines = _lines(desk, one, held)
    extra = request.POST.get("more-subject", "")
    if extra in {line.subject for line in lines}:
        lines.append(Line("more-teacher", "", extra, "", None))
    ends: dict[UUID, date] = {}
    posts: list[NewPost] = []
    for line in lines:
        wanted = request.POST.get(line.field, line.teacher)
        if wanted == line.teacher:
            continue
        starts = on
        if line.teacher:
            post = next(p for p in held if line.field == f"post-{p.id}")
            ends[post.id] = max(post.starts, on - timedelta(days=1))
            if line.subject == LEADS:  # one at a time: after a first day that was the last
                starts = max(on, ends[post.id] + timedelta(days=1))
        person = next((one for one in teachers if str(one) == wanted), None)
        if person is not None:
            role, subject = (Role.CLASS_TEACHER, "") if line.subject == LEADS else (Role.TEACHER, line.subject)
            posts.append(NewPost(person, desk.school.id, role, starts, group=one.id, subject=subject))
    return ends, posts
