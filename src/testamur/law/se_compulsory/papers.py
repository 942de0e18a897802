"""What each Swedish grade document must and must not show. Pure; called by the documents' content builders.

Sources: skolförordningen (2011:185) 6 kap. 11-14 §§, SKOLFS 2014:50, SKOLFS 2011:123.
"""

from __future__ import annotations

from collections.abc import Sequence

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision, DocumentFacts
from testamur.law.se_compulsory import tables
from testamur.law.se_compulsory.rules import SubjectUnknown, canonical, check, check_together, subject


class NotNow(Refused):
    """That document is not issued for that year and term."""

    code = "se.compulsory.document.not_now"


class NoGrades(Refused):
    """There is nothing to show."""

    code = "se.compulsory.document.no_grades"


class NotTaught(Refused):
    """A grade of an earlier term stands there without the mark that it is carried over (SKOLFS 2014:50)."""

    code = "se.compulsory.document.not_taught_this_term"


class CarriedWrongly(Refused):
    """Marked as carried over although it was set this term, or stands in a document that carries nothing over."""

    code = "se.compulsory.document.carried_over_wrongly"


class Later(Refused):
    """A grade of a later term than the document's."""

    code = "se.compulsory.document.later_grade"


class AbsenceMissing(Refused):
    """A terminsbetyg states the hours of unexcused absence, 0 too (skolförordningen 6 kap. 12 §)."""

    code = "se.compulsory.terminsbetyg.absence_missing"


class AbsenceForbidden(Refused):
    """A slutbetyg never shows absence (skolförordningen 6 kap. 12 §)."""

    code = "se.compulsory.slutbetyg.absence_forbidden"


class BlockForbidden(Refused):
    """A slutbetyg has a grade per subject, not per block."""

    code = "se.compulsory.slutbetyg.block_forbidden"


class NoDecider(Refused):
    """The catalogue names who decided each grade (3 kap. 16 §)."""

    code = "se.compulsory.betygskatalog.no_decider"


class OtherSubject(Refused):
    """The catalogue is kept per group, subject and term; a row belongs elsewhere."""

    code = "se.compulsory.betygskatalog.other_subject"


def grades(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The grades in the order of a document: the law's list, then languages by code."""
    rows = (d for d in decisions if d.kind == "grade")
    return tuple(sorted(rows, key=lambda d: (subject(d.code).order, canonical(d.code) or "")))


def adjusted_timetable(facts: DocumentFacts) -> bool:
    """Whether the slutbetyg has to say that subjects were reduced by an adjusted timetable (anpassad timplan)."""
    return any(tables.ADJUSTED in d.flags for d in facts.decisions)


def unexcused_hours(facts: DocumentFacts) -> int | None:
    """Hours of unexcused absence in the document's term, None when not stated."""
    for d in facts.decisions:
        if d.kind == "fact" and d.code == tables.UNEXCUSED and d.period.label == facts.period.label:
            return int(d.value)
    return None


def check_terminsbetyg(facts: DocumentFacts) -> None:
    """Raise `Refused` unless a terminsbetyg may be issued from these facts.

    Year 6 autumn to year 9 autumn, earlier where the principal has decided so; this term's grades, and former ones
    only when marked as carried over and not set anew; the hours of unexcused absence stated.
    """
    early = facts.year_level in {4, 5} and any(tables.EARLY in d.flags for d in facts.decisions)
    if facts.period.term not in tables.TERMS or not (facts.year_level in {6, 7, 8, 9} or early):
        _not_now(facts, "A terminsbetyg is issued at the end of a term from year 6")
    if facts.year_level == 9 and facts.period.term == "VT":  # noqa: PLR2004 - the last year
        _not_now(facts, "At the end of year 9 the pupil gets a slutbetyg instead")
    rows = _sound(facts)
    for d in rows:
        now = d.period.label == facts.period.label
        if now and d.carried_over:
            raise CarriedWrongly(f"{d.code} was set this term and is not carried over.", field="decisions", code=d.code)
        if not now and not d.carried_over:
            raise NotTaught(
                f"{d.code} is from {d.period.label}; a terminsbetyg shows the subjects taught in the term, and "
                "others only marked as carried over.",
                field="decisions",
                code=d.code,
                period=d.period.label,
            )
    if unexcused_hours(facts) is None:
        raise AbsenceMissing(
            f"The hours of unexcused absence in {facts.period.label} are missing (0 is stated too).",
            field="decisions",
            code=tables.UNEXCUSED,
        )


def check_slutbetyg(facts: DocumentFacts) -> None:
    """Raise `Refused` unless a slutbetyg may be issued: year 9, spring, subject by subject, without absence."""
    if facts.year_level != 9 or facts.period.term != "VT":  # noqa: PLR2004 - the last year
        _not_now(facts, "A slutbetyg is issued at the end of year 9")
    for d in facts.decisions:
        if d.kind == "fact" and d.code == tables.UNEXCUSED:
            raise AbsenceForbidden("A slutbetyg never shows absence.", field="decisions", code=d.code)
    for d in _sound(facts):
        if subject(d.code).covers:
            raise BlockForbidden(
                f"A slutbetyg has a grade per subject, not one for {d.code}.", field="decisions", code=d.code
            )


def check_betygskatalog(facts: DocumentFacts) -> None:
    """Raise `Refused` unless the catalogue of one group, subject and term is sound.

    At most one grade per pupil, set this term in this subject, with the name of everyone who decided it.
    """
    wanted = canonical(facts.subject_code)
    if wanted is None:
        raise SubjectUnknown(f"There is no subject {facts.subject_code!r}.", field="subject_code")
    if not any(d.kind == "grade" for _, decisions in facts.rows for d in decisions):
        raise NoGrades("The catalogue has no grades.", field="rows")
    for pupil, decisions in facts.rows:
        rows = grades(decisions)
        for d in rows:
            check(d)
            if canonical(d.code) != wanted or d.period.label != facts.period.label or len(rows) > 1:
                raise OtherSubject(
                    f"{pupil.name}: {d.code} {d.period.label} does not belong to {wanted} {facts.period.label}, "
                    "or the pupil stands twice.",
                    field="rows",
                    code=d.code,
                    period=d.period.label,
                )
            if d.carried_over:
                raise CarriedWrongly(f"{pupil.name}: a catalogue carries nothing over.", field="rows", code=d.code)
            if not any(name.strip() for name in d.decided_by):
                raise NoDecider(f"{pupil.name}: nobody is named who decided.", field="rows", code=d.code)


def _sound(facts: DocumentFacts) -> tuple[Decision, ...]:
    """The grades of the document, each lawful, at least one, one per subject, none from the future."""
    for d in facts.decisions:
        check(d)
    rows = grades(facts.decisions)
    if not rows:
        raise NoGrades("There are no grades to show.", field="decisions")
    seen: set[str] = set()
    for d in rows:
        code = canonical(d.code) or d.code
        if code in seen:
            raise CarriedWrongly(f"{d.code} stands twice in the document.", field="decisions", code=d.code)
        seen.add(code)
        if d.period.ends > facts.period.ends:
            raise Later(f"{d.code} is from {d.period.label}, later than the document.", field="decisions", code=d.code)
    check_together(seen)
    return rows


def _not_now(facts: DocumentFacts, why: str) -> None:
    raise NotNow(
        f"{why}; this is year {facts.year_level}, {facts.period.label}.",
        field="period",
        year_level=facts.year_level,
        period=facts.period.label,
    )
