"""`testamur correct`: one decision is corrected in a way that the law knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from testamur.kernel.base.actor import Actor
    from testamur.law.contract import CorrectionRule
    from testamur.register.schools.rules import UnitView
    from testamur.schoolday.results.queries import DecisionRow


def correct(
    school: Annotated[str, typer.Option(help="Official code of the school")],
    term: Annotated[str, typer.Option(help="School year and term: '2025/2026 VT'")],
    pupil: Annotated[str, typer.Option(help="The pupil's number")],
    subject: Annotated[str, typer.Option(help="Code or name of the subject: MA, Matematik")],
    value: Annotated[str, typer.Option(help="The new value")],
    because: Annotated[str, typer.Option(help="Way of correction: rectification, change, test, re-examination")],
    by: Annotated[list[str], typer.Option(help="Number of whoever decides; repeat for several")],
    role: Annotated[str, typer.Option(help="Post in which it is decided; default: the one that the law asks for")] = "",
    ground: Annotated[list[str] | None, typer.Option(help="Ground that they affirm, e.g. slip; repeat")] = None,
    explanation: Annotated[str, typer.Option(help="Why, in their words")] = "",
    heard: Annotated[list[str] | None, typer.Option(help="Who was heard: pupil, guardian; repeat")] = None,
    unheard: Annotated[str, typer.Option(help="Why nobody had to be heard")] = "",
    kind: Annotated[str, typer.Option(help="Kind of decision: grade, level, test …")] = "grade",
    decided_on: Annotated[str, typer.Option(help="Day of the correction; default: today")] = "",
    authority: Annotated[str, typer.Option(help="Code of the body responsible, when two schools share a code")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Correct one decision as the law allows; the former one stays and the new one names it.

    The rule pack decides who may, on which grounds and after which hearing, and says what is missing. Then run
    `testamur issue` again: the documents that show the decision get a new version.
    """
    day = output.day(decided_on, "--decided-on")
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import Refused
    from testamur.schoolday.results import actions, queries
    from testamur.schoolday.results.rules import Amendment, Reason
    from testamur.surfaces.cli.issue import find_school

    actor, now = operator(), clock.now()
    on = day or now.date()
    unit = find_school(school, authority)
    before = _decision(actor, unit, term, _person(pupil, on, "pupil"), kind, subject)
    rule = _rule(before.pack, because)
    deciders = tuple(_person(number, on, "by") for number in by)
    amendment = Amendment(
        value=value,
        reason=Reason(rule.reason),
        role=role or _role(rule, unit, deciders, on),
        decided_by=deciders,
        decided_on=on,
        grounds=frozenset(ground or ()),
        explanation=explanation,
        heard=frozenset(heard or ()),
        hearing_unneeded=unheard,
    )
    try:
        made = actions.correct_decision(by=actor, decision=before.id, amendment=amendment, now=now)
    except Refused as no:
        if not json and no.field in {"grounds", "heard"}:
            _explain(rule)
        raise
    told: dict[str, Any] = {
        "decision": str(made),
        "replaces": str(before.id),
        "subject": before.facts.code,
        "before": before.facts.value,
        "value": queries.history(by=actor, path=unit.path, decision=made)[-1].facts.value,
        "law": rule.law,
    }
    if json:
        output.emit(told)
        return
    say, plain = output.say, output.plain
    change = f"{plain(told['subject'])} {plain(told['before'])} → [bold]{plain(told['value'])}[/]"
    say(f"{change}  {plain(rule.name)}, {plain(rule.law)}")
    say("The documents that show it get a new version with:")
    print(f'testamur issue --school "{unit.code}" --term "{before.facts.period.label}"')


def _person(number: str, on: date, field: str) -> UUID:
    """Whoever has the number, in whichever scheme it is one."""
    from testamur.kernel.base.refused import NotFound
    from testamur.register.people.queries import holder_of_identifier
    from testamur.register.people.rules import Scheme

    for scheme in Scheme:
        found = None if scheme is Scheme.LOCAL else holder_of_identifier(scheme=scheme, value=number, on=on)
        if found is not None:
            return found
    raise NotFound("Nobody in the register has that number; write it in full, as in the import.", field=field)


def _decision(by: Actor, unit: UnitView, term: str, pupil: UUID, kind: str, subject: str) -> DecisionRow:
    from testamur.kernel.base.refused import NotFound
    from testamur.law.tables import pack
    from testamur.schoolday.results import queries

    year, _space, code = term.partition(" ")
    rows = queries.standing(
        by=by, path=unit.path, unit=unit.id, school_year=year, term=code.strip() or None, pupils=[pupil]
    ).get(pupil, ())
    same = [r for r in rows if r.facts.kind == kind]
    found = [r for r in same if r.facts.code == pack(r.pack).normalise_code(kind, subject)]
    if len(found) != 1:
        there = ", ".join(f"{r.facts.code} {r.facts.value}" for r in same) or "none"
        raise NotFound(
            f"{len(found) or 'No'} decisions of that kind on {subject} in {term}; there are: {there}.", field="subject"
        )
    return found[0]


def _rule(pack_id: str, because: str) -> CorrectionRule:
    from testamur.kernel.base.refused import NotFound
    from testamur.law.tables import pack

    rules = pack(pack_id).corrections
    if because not in rules:
        ways = "; ".join(f"{key} ({rule.name}, {rule.law})" for key, rule in rules.items())
        raise NotFound(f"The law knows no correction '{because}'. It knows: {ways}.", field="because")
    return rules[because]


def _role(rule: CorrectionRule, unit: UnitView, deciders: tuple[UUID, ...], on: date) -> str:
    """The first of the law's posts that every decider holds; else the first, which will then be refused by name."""
    from testamur.register.schools import queries as schools

    held = [{p.role.value for p in schools.posts_of(person=person, on=on) if p.unit == unit.id} for person in deciders]
    return next((role for role in rule.roles if all(role in roles for roles in held)), rule.roles[0])


def _explain(rule: CorrectionRule) -> None:
    say, plain = output.say, output.plain
    say(f"{plain(rule.name)}, {plain(rule.law)}. Decided by: {plain(' or '.join(rule.roles))}.")
    for code, sentence in (*rule.grounds, *rule.instead):
        say(f"  --ground {plain(code)}: {plain(sentence)}")
    if rule.hears:
        say(f'  --heard {" --heard ".join(rule.hears)}, or --unheard "why that is unnecessary"')
