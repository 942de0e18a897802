"""Reading questions, cases, contacts and links."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.support.models import Case, CaseStep, Contact, Host, Link, Placement, Question, Tool, Word
from testamur.schoolday.support.reach import ANSWER, is_asker, may_answer
from testamur.schoolday.support.rules import (
    REMIND_AFTER,
    SEEN_BY_ASKER,
    CaseView,
    ContactView,
    Entry,
    Level,
    LinkKind,
    LinkView,
    QuestionView,
    Said,
    State,
    Step,
    StepView,
    ToolView,
    Turn,
)

MOST = 200
"""Questions of one list."""


def question(*, by: Actor, question: UUID) -> QuestionView:
    """One question with what was written to it. Raises NotFound for everybody who neither asked nor may answer."""
    row = Question.objects.filter(id=question).first()
    level = may_answer(by, row) if row is not None else None
    if row is None or (level is None and not is_asker(by, row)):
        raise NotFound("There is no such question.", field="question")
    words = Word.objects.filter(question=row).order_by("at", "id")
    staff = level is not None
    entries = tuple(
        Entry(w.id, w.at, w.person, Said(w.said), w.text, Level(w.level) if w.level else None)
        for w in words
        if staff or w.said in SEEN_BY_ASKER
    )
    return _view(row, by, entries)


def asked(*, by: Actor) -> tuple[QuestionView, ...]:
    """The questions that `by` asked, the latest first; none about a child whom `by` no longer reaches."""
    rows = Question.objects.filter(asked_by=by.id).order_by("-asked_at", "-id")[:MOST]
    return tuple(_view(row, by) for row in rows if is_asker(by, row))


def to_answer(*, by: Actor, path: str, done: bool = False) -> tuple[QuestionView, ...]:
    """What waits for `by` (a teacher's own; an office's at `path`; the body's support), the longest waiting first.

    With `done` what was answered or handed on instead, the latest first.
    """
    mine = Q(teacher=by.id, level=Level.TEACHER)
    if by.may(ANSWER, path):
        top = path.count("/") <= 2  # noqa: PLR2004 - a body lies right below the root
        mine |= Q(level=Level.BODY, at_path=path) if top else Q(path__startswith=path, level=Level.OFFICE)
    if not done:
        rows = Question.objects.filter(mine, state=State.OPEN).order_by("turn_at", "id")
        # whoever has the group no more has its questions no more
        return tuple(_view(row, by) for row in rows[:MOST] if may_answer(by, row) is not None)
    whose = Q(teacher=by.id)
    if by.may(ANSWER, path):
        whose |= Q(path__startswith=path)
    rows = Question.objects.filter(whose).exclude(Q(state=State.OPEN) & mine).order_by("-turn_at", "-id")
    return tuple(_view(row, by) for row in rows[:MOST] if may_answer(by, row) is not None)


def turns(*, by: Actor, now: datetime) -> tuple[Turn, ...]:
    """Whose turn it is and who was not told yet, or not since days. Needs ``support.question.tell`` everywhere."""
    by.must("support.question.tell")
    late = Q(state=State.OPEN, told_at__lte=now - REMIND_AFTER)
    rows = Question.objects.filter(Q(told_at__isnull=True) | late).order_by("turn_at", "id")[:1000]
    return tuple(
        Turn(
            r.id, r.at_path, r.unit, Level(r.level) if r.state == State.OPEN else None,
            r.asked_by if r.state == State.ANSWERED else r.teacher if r.level == Level.TEACHER else None,
        )
        for r in rows
    )  # fmt: skip


def _view(row: Question, by: Actor, entries: tuple[Entry, ...] = ()) -> QuestionView:
    level = may_answer(by, row)
    held = row.state == State.OPEN and (
        level in {Level.TEACHER, Level.OFFICE} if row.level == Level.TEACHER else row.level == level
    )
    return QuestionView(
        row.id, row.path, row.unit, row.asked_by, row.child, row.group, row.title, State(row.state),
        tuple(Level(one) for one in row.way), row.teacher if row.level == Level.TEACHER else None, row.asked_at,
        row.turn_at, mine=held, asked=row.asked_by == by.id, entries=entries,
    )  # fmt: skip


def case_of(*, by: Actor, person: UUID) -> CaseView | None:
    """The case of a protected person, or None. Needs ``people.protected.see`` where it lies."""
    row = Case.objects.filter(person=person).first()
    if row is None:
        return None
    by.must("people.protected.see", row.path, person=person)
    return _cases([row])[0]


def cases(*, by: Actor, path: str) -> dict[UUID, CaseView]:
    """The cases at or below `path`, by person. Needs ``people.protected.see`` there."""
    by.must("people.protected.see", path)
    return {one.person: one for one in _cases(list(Case.objects.filter(path__startswith=path).order_by("follow_up")))}


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case that is to be followed up, and who opened it."""

    id: UUID
    path: str
    opened_by: UUID


def cases_due(*, by: Actor, on: date) -> tuple[DueCase, ...]:
    """Cases that are to be followed up and of which nobody was reminded. Needs ``support.case.remind`` everywhere."""
    by.must("support.case.remind")
    rows = Case.objects.filter(follow_up__lte=on, told_at__isnull=True).order_by("id")
    return tuple(DueCase(row.id, row.path, row.opened_by) for row in rows[:1000])


def _cases(rows: list[Case]) -> list[CaseView]:
    done: dict[tuple[UUID, str], CaseStep] = {(s.case_id, s.step): s for s in CaseStep.objects.filter(case__in=rows)}
    return [
        CaseView(
            row.id, row.person, row.path, row.opened_at, row.opened_by, row.follow_up,
            tuple(
                StepView(step, one.done_at if one else None, one.done_by if one else None)
                for step in Step
                for one in [done.get((row.id, step.value))]
            ),
        )
        for row in rows
    ]  # fmt: skip


def contacts(*, units: Collection[UUID], everybody: bool = False) -> tuple[ContactView, ...]:
    """The contacts of these units in their order; with `everybody` those alone that are open to all."""
    rows = Contact.objects.filter(unit__in=list(units))
    if everybody:
        rows = rows.filter(open=True)
    return tuple(
        ContactView(
            r.id, r.unit, r.name, r.role, r.phone, r.email, r.address, r.hours, open=r.open, place=r.place
        )
        for r in rows.order_by("place", "name", "id")
    )  # fmt: skip


def links(*, groups: Collection[UUID], families: bool) -> tuple[LinkView, ...]:
    """The links of these groups; with `families` those alone that guardians see.

    Who is in a group is for the caller to know.
    """
    rows = Link.objects.filter(group__in=list(groups), ended_at__isnull=True)
    if families:
        rows = rows.filter(families=True)
    return tuple(
        LinkView(r.id, r.group, LinkKind(r.kind), r.label, r.url, families=r.families)
        for r in rows.order_by("kind", "label", "id")
    )


def hosts(*, path: str) -> tuple[str, ...]:
    """The further hosts that a body allows."""
    return tuple(Host.objects.filter(path=path).order_by("host").values_list("host", flat=True))


def tools(*, path: str) -> tuple[ToolView, ...]:
    """The learning tools of a body, for those at `path` or below."""
    return tuple(map(_tool, Tool.objects.filter(path=path, ended_at__isnull=True).order_by("name", "id")))


def tool_of_client(client_id: str) -> ToolView | None:
    """The tool that calls itself that, or None."""
    row = Tool.objects.filter(client_id=client_id, ended_at__isnull=True).first()
    return _tool(row) if row is not None else None


@dataclass(frozen=True, slots=True)
class PlacementView:
    """A tool on the page of a group."""

    id: UUID
    group: UUID
    label: str
    families: bool
    tool: ToolView


def placements(*, groups: Collection[UUID], families: bool) -> tuple[PlacementView, ...]:
    """The tools of these groups; with `families` those alone that guardians and pupils launch."""
    rows = Placement.objects.filter(group__in=list(groups), ended_at__isnull=True, tool__ended_at__isnull=True)
    if families:
        rows = rows.filter(families=True)
    found = rows.select_related("tool").order_by(F("label"), "id")
    return tuple(PlacementView(r.id, r.group, r.label, r.families, _tool(r.tool)) for r in found)


def placement(placement: UUID) -> PlacementView | None:
    """One of them, or None; who may launch it, the caller decides by the group."""
    row = Placement.objects.filter(id=placement, ended_at__isnull=True, tool__ended_at__isnull=True)
    found = row.select_related("tool").first()
    return PlacementView(found.id, found.group, found.label, found.families, _tool(found.tool)) if found else None


def _tool(row: Tool) -> ToolView:
    return ToolView(
        row.id, row.path, row.name, row.login_url, row.target_url, tuple(row.redirect_urls), row.client_id,
        names=row.names,
    )  # fmt: skip
