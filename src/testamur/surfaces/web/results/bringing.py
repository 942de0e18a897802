"""Students come into a list: from the registrations, from an exam, one by one; sources add to each other (row B23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Scheme
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.views import Fetched, ListHead
from testamur.surfaces.web import sightings
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.lti import words
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, platforms

FOUND = 20
TOLD = 100
"""So many unknown persons are named after a fetch."""


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def fetch(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The ways in which students come in; after one of them what came, what was there and who is unknown."""
    visitor = common.visitor_of(request)
    head = lists.head(by=visitor.actor, list=result_list)
    if not _may_fetch(visitor, head):
        visitor.actor.must(common.WRITE, head.path)
        messages.info(request, _("The list is no draft any more: nobody comes into it."))
        return redirect("results:list", result_list)
    fetched, trouble = None, ""
    if request.method == "POST":
        try:
            fetched = _fetched(request, visitor, head)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            trouble = words.sentence(refused)
        if fetched is not None and not (fetched.unknown or fetched.kept or fetched.notes):
            messages.success(request, brought(fetched))
            return redirect("results:list", result_list)
    asked = request.GET.get("q", "").strip()
    found = _search(visitor, head, asked) if asked else ()
    course = curriculum.courses([head.course]).get(head.course)
    occasions = studies.occasions_of(course=head.course)
    exams = studies.exams(path=root(head.path), course=head.course)
    fitting = [one for one in exams if one.module in {None, head.module}] if head.module else exams
    return page(
        request,
        "web/results/fetch.html",
        status=422 if trouble else 200,
        head=head,
        line=common.line(head, course, {}),
        trouble=trouble,
        fetched=fetched,
        told=brought(fetched) if fetched else "",
        unknown=fetched.unknown[:TOLD] if fetched else (),
        more=max(0, len(fetched.unknown) - TOLD) if fetched else 0,
        occasions=occasions,
        terms=list(dict.fromkeys(one.term for one in occasions)),
        exams=fitting,
        asked=asked,
        found=[(one, common.number_of(one)) for one in found],
        **platforms.context(request, visitor, head),
    )


def _may_fetch(visitor: Visitor, head: ListHead) -> bool:
    """Whether the visitor may bring students in: a colleague of the place, or one who was let in to grade."""
    if common.writable(visitor, head):
        return True
    return common.writable(visitor, head, lists.view(by=visitor.actor, list=head.id, now=visitor.now).graders)


def _fetched(request: HttpRequest, visitor: Visitor, head: ListHead) -> Fetched:
    """Do what the button says. Raises NotFound for a button that is none."""
    told = request.POST
    ways: Mapping[str, Callable[[], Fetched]] = {
        "occasion": lambda: actions.fetch_registered(
            by=visitor.actor, list=head.id, occasion=_id(told.get("occasion", "")), now=visitor.now
        ),
        "term": lambda: actions.fetch_registered(
            by=visitor.actor, list=head.id, term=told.get("term", ""), now=visitor.now
        ),
        "exam": lambda: actions.fetch_exam(
            by=visitor.actor, list=head.id, exam=_id(told.get("exam", "")), now=visitor.now
        ),
        "person": lambda: actions.add_student(
            by=visitor.actor, list=head.id, person=_id(told.get("person", "")), now=visitor.now
        ),
        **platforms.ways(request, visitor, head),
    }
    way = ways.get(told.get("way", ""))
    if way is None:
        raise NotFound("There is no such way to fetch students.")
    return way()


def brought(fetched: Fetched) -> str:
    """What a fetch did, in one line."""
    added = ngettext("%(n)s student came into the list.", "%(n)s students came into the list.", fetched.added)
    said = [added % {"n": fetched.added}]
    if fetched.there:
        text = ngettext("%(n)s was there already.", "%(n)s were there already.", fetched.there)
        said.append(text % {"n": fetched.there})
    if fetched.filled:
        text = ngettext("%(n)s grade was filled in.", "%(n)s grades were filled in.", fetched.filled)
        said.append(text % {"n": fetched.filled})
    if fetched.kept:
        text = ngettext(
            "%(n)s grade in the list differs from the one that was fetched and was left alone.",
            "%(n)s grades in the list differ from those that were fetched and were left alone.",
            fetched.kept,
        )
        said.append(text % {"n": fetched.kept})
    return " ".join(said)


def root(path: str) -> str:
    """The university: where its students and its exams are."""
    return f"/{path.split('/')[1]}/"


def _search(visitor: Visitor, head: ListHead, text: str) -> Sequence[PersonView]:
    """Students by personal number, or by the beginning of their names."""
    digits = text.replace("-", "").replace(" ", "")
    if digits[:6].isdigit():
        found = _by_number(visitor, digits, root(head.path))
    else:
        found = people.search(by=visitor.actor, text=text, path=root(head.path), limit=FOUND)
    hidden = sightings.protected({one.id: one for one in found}) - {visitor.actor.id}
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, head.path), "results.fetch")
    return found


def _by_number(visitor: Visitor, digits: str, path: str) -> Sequence[PersonView]:
    """The student of the university with that number. Needs ``people.person.search`` there, as names do."""
    visitor.actor.must("people.person.search", path)
    for scheme in (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY):
        try:
            holder = people.holder_of_identifier(scheme=scheme.value, value=digits, on=visitor.now.date())
        except Refused:
            continue
        if holder is not None and people.paths([holder])[holder].startswith(path):
            one = people.person(by=visitor.actor, id=holder)
            return (one,) if one is not None else ()
    return ()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Choose one of those offered.") from None
