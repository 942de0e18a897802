"""The demo's contacts, questions, places in other systems, and one protected pupil's reception. All is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.schoolday.support import actions
from testamur.schoolday.support.rules import LinkKind, NewContact, NewQuestion, Step
from testamur.surfaces.cli.demo_schools import Kept

_WORDS: dict[str, dict[str, str]] = {
    "SE": {
        "office": "Expeditionen (exempel)", "role": "Frånvaro, intyg, skolplacering", "hours": "Mån–fre 7.30–15.30",
        "address": "Exempelgatan 1, Exempelstad", "health": "Skolsköterskan (exempel)", "link": "Klassrummet",
        "title": "Var ser jag läxorna?", "text": "Vi hittar inte läxan till fredag.",
        "answer": "De står under Vecka, vid varje lektion.",
    },
    "BG": {
        "office": "Канцелария (пример)", "role": "Въпроси за отсъствия и документи", "hours": "пн–пт 8.00–16.00",
        "address": "ул. Примерна 1, Примерен град", "health": "Медицинска сестра (пример)", "link": "Класната стая",
        "title": "Къде виждам домашните?", "text": "Не намираме домашното за петък.",
        "answer": "Те са в Седмица, при всеки час.",
    },
}  # fmt: skip


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:
    """Contacts and links of each school, a question that was answered and one that waits, one who is protected."""
    for one in kept:
        words = _WORDS.get(one.land.country, _WORDS["SE"])
        _contacts(by, one, words, now)
        group, pupils = next(iter(one.classes.items()))
        actions.set_link(
            by=by, group=group, kind=LinkKind.CLASSROOM, label=words["link"],
            url="https://classroom.google.com/c/EXAMPLE", families=True, now=now,
        )  # fmt: skip
        _questions(by, one, group, family if family is not None else one.guardians[pupils[0]], words, now)
        _protected(by, one, group, now)


def _contacts(by: Actor, one: Kept, words: dict[str, str], now: datetime) -> None:
    office = NewContact(
        words["office"], words["role"], "+46 8 465 004 00", "expeditionen@skolan.example", words["address"],
        words["hours"], open=True, place=1,
    )  # fmt: skip
    nurse = NewContact(words["health"], phone="+46 8 465 004 01", hours=words["hours"], place=2)
    for contact in (office, nurse):
        actions.enter_contact(by=by, unit=one.school, contact=contact, now=now)


def _questions(by: Actor, one: Kept, group: UUID, family: UUID, words: dict[str, str], now: datetime) -> None:
    """The family of a pupil of the class asks, the class teacher answers; a second question is with the office."""
    child = next((c for c in people_queries.wards(guardian=family, on=now.date()) if c in one.classes[group]), None)
    teacher = one.heads.get(group)
    if child is None or teacher is None:
        return
    asks = Actor(family, by.identified_by, (Grant("guardian", "/", ("support.*",), wards=frozenset({child})),))
    helps = Actor(teacher, by.identified_by, (Grant("teacher", one.path, ("support.*",), groups=frozenset({group})),))
    at = now - timedelta(days=5)
    new = NewQuestion(one.school, words["title"], words["text"], child, group, teacher)
    first = actions.ask(by=asks, question=new, now=at)
    actions.answer(by=helps, question=first, text=words["answer"], now=at + timedelta(hours=3))
    second = actions.ask(by=asks, question=new, now=at)
    actions.hand_on(by=helps, question=second, text="", now=at + timedelta(hours=4))


def _protected(by: Actor, one: Kept, group: UUID, now: datetime) -> None:
    """The protected pupil of the class, if there is one: an alias in the lists, and a reception that is under way."""
    found = sorted(people_queries.protected(one.classes[group]))
    if not found:
        return
    person = found[0]
    people.choose_alias(by=by, person=person, given="Robin", family="Alias-Demo", now=now)
    case = actions.open_case(by=by, person=person, now=now)
    for step in (Step.RECEIVED, Step.IDENTITY, Step.ALIAS, Step.WAY):
        actions.do_step(by=by, case=case, step=step, now=now)
    head = one.heads.get(group)
    if head is not None:
        day = now.date()
        people.let_know(by=by, person=person, staff=head, starts=day, ends=day + timedelta(days=120), now=now)
