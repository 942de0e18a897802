"""One class: the chain drawn, what is missing pupil by pupil, and the one act that comes next."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.schoolday.transcripts import actions, queries, tasks
from testamur.schoolday.transcripts.looking import frame
from testamur.schoolday.transcripts.rules import Look, PupilYear, Step
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.words import STATES, word
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.transcripts import chain, words

ENTRY = ("yearend:year", "diary:group")
"""Where what is missing is entered: the first of these pages that there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One pupil in the table. `lacks`: sentences; `state`: of the document, in words."""

    one: PupilYear
    person: PersonView
    step: str
    colour: str
    lacks: tuple[str, ...]
    state: str


@require_GET
@door("transcripts.see", Area.STAFF, Area.OFFICE)
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """The class page."""
    visitor = request.visitor
    look = _look(request, group)
    standing = look.standing
    waits = chain.waiting_for(look)
    pupils = [one.pupil for one in look.pupils]
    others = [person for person in (look.class_teacher, look.verified.by if look.verified else None) if person]
    names = persons.shown(request, [*pupils, *others, *waits], "transcripts.class")
    sealed = standing.pupils > 0 and standing.reached[Step.SEALED] >= standing.pupils
    grown = queries.booklets(by=visitor.actor, look=look) if sealed else None
    work = queries.under_way(by=visitor.actor, look=look)
    may = {
        verb: visitor.actor.may(f"transcripts.{verb}", look.path, group=group)
        for verb in ("class.verify", "document.make")
    }
    unit = schools.unit(look.unit)
    return fragment(
        request,
        "web/transcripts/class.html",
        "live",
        look=look,
        school=unit,
        standing=standing,
        lines_missing=sum(bool(one.lacks) for one in look.pupils),
        correct=visitor.hat is not None
        and Area.OFFICE in visitor.hat.areas
        and visitor.actor.may("results.decision.rectification", look.path),
        links=chain.links(standing),
        following=standing.next.value if standing.next else "",
        lines=_lines(look, names),
        missing=[(words.missing(code), n) for code, n in sorted(standing.missing.items())],
        class_teacher=names.get(look.class_teacher) if look.class_teacher else None,
        verified=look.verified,
        verified_by=names.get(look.verified.by) if look.verified else None,
        waits=[(names[person], n, person == visitor.actor.id) for person, n in waits.items() if person in names],
        mine=waits.get(visitor.actor.id, 0),
        sign=_sign(look),
        work=work,
        entry=entry(group),
        booklets=[(word(STATES, state), n) for state, n in sorted(grown[1].items())] if grown else (),
        bookable=grown is not None and sum(grown[1].values()) < standing.pupils and look.is_verified,
        may_correct=look.class_teacher == visitor.actor.id
        and visitor.actor.may("transcripts.correction.make", look.path, group=group),
        may_verify=may["class.verify"],
        may_make=may["document.make"],
        office=visitor.hat is not None and Area.OFFICE in visitor.hat.areas,
        above=queries_above(request, look),
        held=sum(one.document is not None and bool(one.document.held) for one in look.pupils),
        declined=sum(one.document is not None and one.document.declined for one in look.pupils),
        rectified=sum(one.rectified > 0 for one in look.pupils),
        term=f"{look.school_year} {look.term}".strip(),
    )


def queries_above(request: WebRequest, look: Look) -> bool:
    """Whether the visitor may see the other classes of the school too."""
    return request.visitor.actor.may("transcripts.standing.see", look.path)


def _look(request: WebRequest, group: UUID) -> Look:
    found = queries.look(by=request.visitor.actor, group=group, now=request.visitor.now)
    if found is None:
        raise NotFound("The class has no transcripts.", field="group")
    return found


def _lines(look: Look, names: object) -> list[Line]:
    known: dict[UUID, PersonView] = dict(names)  # type: ignore[call-overload]  # a mapping of views
    lines = [
        Line(
            one,
            known[one.pupil],
            words.step(one.step),
            words.COLOURS[one.step],
            tuple(lack.text or words.missing(lack.code) for lack in one.lacks),
            word(STATES, _state(one)),
        )
        for one in look.pupils
        if one.pupil in known
    ]
    return sorted(lines, key=lambda line: (line.person.sort_key, str(line.one.pupil)))


def _state(one: PupilYear) -> str:
    if one.document is None:
        return "not_made"
    if one.document.held:
        return "held"
    return "declined" if one.document.declined and one.document.state == "drafted" else one.document.state


def _sign(look: Look) -> str:
    """Where the documents of the class are signed in one ceremony."""
    told = frame(look.group)
    kind = told.document.code if told is not None else ""
    query = urlencode({"all": "1", "school": look.unit.hex, "type": kind, "class": look.code})
    return f"{reverse('staff:review')}?{query}"


def entry(group: UUID) -> str:
    """Where what is missing is entered."""
    for name in ENTRY:
        try:
            return reverse(name, args=[group])
        except NoReverseMatch:
            continue
    return ""


@require_POST
@door("transcripts.see", Area.STAFF, Area.OFFICE)
def act(request: WebRequest, group: UUID) -> HttpResponse:
    """The one button of the class page: verify, take the word back, have the documents made."""
    visitor, told = request.visitor, request.POST.get("act", "")
    by, now = visitor.actor, visitor.now
    look = _look(request, group)
    back = reverse("transcripts:class", args=[group])
    try:
        if told == "verify":
            actions.verify(by=by, group=group, digest=request.POST.get("digest", ""), now=now)
            n = len(look.pupils)
            said = ngettext("The data of %(n)s pupil are verified.", "The data of %(n)s pupils are verified.", n)
            messages.success(request, said % {"n": n})
        elif told == "withdraw":
            actions.withdraw(by=by, group=group, why=request.POST.get("why", ""), now=now)
            messages.success(request, _("The verification was taken back."))
        elif told in {"make", "booklets"}:
            grown = queries.booklets(by=by, look=look) if told == "booklets" else None
            tasks.request(by=by, groups=[group], documents=[grown[0]] if grown else [], now=now)
            messages.success(request, _("The documents are being made."))
        else:
            raise NotFound("There is no such button.")
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    return SeeOther(back)
