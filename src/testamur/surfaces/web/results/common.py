"""What the pages of result lists share: who looks, people as they may be seen, a list's heading and its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView, ModuleView
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.schoolday.reporting.rules.states import ListKind, ListState
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.web import sightings
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results.words import KINDS, STATES, Text

HIDDEN = UUID(int=0)
"""Stands for the person of a row whose name is not shown yet."""
WRITE = "reporting.list.write"
LONG = 10
"""Digits of a number that no revision reaches."""
_NUMBER = 12
"""Digits of a Swedish personal number as it is kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """A list in a table of lists, and the heading of its page.

    Attributes:
        code: course and module, ``DV1574/1405``.
        name: of the course.
        part: name of the module; empty for a whole course.
        word, colour: the state.
        maker, examiner: names as the visitor may see them; empty without one.
        returned: the draft came back from the examiner with a reason.
    """

    head: ListHead
    code: str
    name: str
    part: str
    kind: Text
    word: Text
    colour: str
    maker: str
    examiner: str
    returned: bool

    @property
    def open(self) -> int:
        """How many students have no grade yet."""
        return max(0, self.head.rows - self.head.graded)


def visitor_of(request: HttpRequest) -> Visitor:
    """Who looks."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # set by VisitorMiddleware
    return visitor


def seen(visitor: Visitor, ids: Iterable[UUID | None], where: str, path: str) -> Mapping[UUID, PersonView]:
    """The persons as the visitor may see them. Showing the true name of a protected one is noted for review."""
    wanted = {one for one in ids if one is not None and one != HIDDEN}
    found = people.people(by=visitor.actor, ids=wanted) if wanted else {}
    hidden = sightings.protected(found) - {visitor.actor.id}
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, path), where)
    return found


def name_of(found: Mapping[UUID, PersonView], person: UUID | None) -> str:
    """The name among those that were looked up; empty without one."""
    return found[person].name if person is not None and person in found else ""


def number_of(person: PersonView | None) -> str:
    """The personal number as people write it; empty where it may not be seen."""
    if person is None or person.identifier is None:
        return ""
    value = person.identifier.value
    return f"{value[:8]}-{value[8:]}" if len(value) == _NUMBER and value[:8].isdigit() else value


def local_name(one: CourseView | ModuleView | None) -> str:
    """The name in the visitor's language, where there is one in it."""
    if one is None:
        return ""
    return one.name_en if one.name_en and (get_language() or "").startswith("en") else one.name


def lines(visitor: Visitor, heads: Sequence[ListHead]) -> tuple[Line, ...]:
    """Lists with their names, in the order given. Three queries."""
    if not heads:
        return ()
    courses = curriculum.courses({head.course for head in heads})
    staff = {one for head in heads for one in (head.made_by, head.examiner) if one is not None}
    names = people.people(by=visitor.actor, ids=staff, numbers=False)
    return tuple(line(head, courses.get(head.course), names) for head in heads)


def line(head: ListHead, course: CourseView | None, names: Mapping[UUID, PersonView]) -> Line:
    """One list with the names around it."""
    module = next((one for one in course.modules if one.id == head.module), None) if course else None
    word, colour = STATES[head.state]
    return Line(
        head=head,
        code=f"{head.course_code}/{head.module_code}" if head.module_code else head.course_code,
        name=local_name(course),
        part=local_name(module) if head.module else "",
        kind=KINDS[head.kind],
        word=word,
        colour=colour,
        maker=name_of(names, head.made_by),
        examiner=name_of(names, head.examiner),
        returned=head.state is ListState.DRAFT and head.returned_at is not None,
    )


def writable(visitor: Visitor, head: ListHead, graders: Sequence[UUID] = ()) -> bool:
    """Whether the visitor may write in the list now: a colleague of the place, or one who was let in to grade."""
    return head.state is ListState.DRAFT and (visitor.actor.may(WRITE, head.path) or visitor.actor.id in graders)


def whole_course(head: ListHead) -> bool:
    """Whether the list is about final grades."""
    return head.kind is ListKind.COURSE
