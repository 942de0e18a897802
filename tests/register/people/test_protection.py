"""Protected identity: no surface of the register tells who it is.

The public failures behind these tests: staff saw protected pupils, guardians saw other children, and statistics and
search lists told what a page hid.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions, models, queries
from testamur.register.people.rules import (
    ContactKind,
    Facts,
    NewContact,
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    Parent,
    PersonUpdate,
    Protection,
    Relation,
    Scheme,
    Sex,
    Shown,
    fold,
)
from testamur.register.schools import queries as schools
from tests.register.conftest import DAY, House, actor, enrol, invented, personnummer, register, seen

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19")]

PATH = "/testkoping/skolan-1/"
_serials = itertools.count(1)
PROTECTED = [level for level in Protection if level.masked]


def secrets_of(new: NewPerson) -> set[str]:
    """Everything true about a person, in every form in which it could be told."""
    words = {new.given, new.middle, new.family, new.preferred}
    numbers = {i.value for i in new.identifiers} | {c.value for c in new.contacts}
    born = {str(new.birth_date), repr(new.birth_date)}
    told = words | {fold(w) for w in words} | numbers | born
    if new.facts:
        told |= {new.facts.birth_place, new.facts.residence, *(p.name for p in new.facts.parents)}
    return {one for one in told if one}


def everything(by: Actor, ids: list[UUID], group: UUID | None, words: str) -> str:
    """What every query of the register answers this actor about these persons, as one text."""
    answers: list[Any] = [
        queries.people(by=by, ids=ids),
        queries.contacts(by=by, persons=ids),
        queries.facts(by=by, persons=ids),
        queries.identifiers(by=by, persons=ids),
        queries.pupil_codes(by=by, persons=ids),
        queries.guardians(by=by, children=ids, on=DAY),
        queries.counts(by=by, cells={"all": ids, "one": ids[:1]}),
        [seen(by, one) for one in ids],
    ]
    for ask in (
        lambda: queries.search(by=by, text=words, path=PATH),
        lambda: queries.search(by=by, text=words[:1], path=PATH),
        lambda: schools.class_list(by=by, group=group, on=DAY) if group else (),
        lambda: actions.legal_persons(by=by, ids=ids, purpose="test", now=datetime(2026, 1, 1).astimezone()),
    ):
        try:
            answers.append(ask())
        except Refused as no:
            answers.append((str(no), no.found))
    return repr(answers)


VERBS = (
    "people.details.see", "people.contact.see", "people.code.see", "people.guardianship.see", "people.person.search",
    "schools.group.see",
)  # fmt: skip

# letters that occur in no word of a view, so that a leak cannot hide in "Person" or "Shown"
name = st.text(st.sampled_from("ÄÖÜäöüßñçđệжщю"), min_size=4, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given_=name,
    family=name,
    middle=name | st.just(""),
    born=st.dates(date(2008, 1, 1), date(2019, 12, 31)),
    level=st.sampled_from(PROTECTED),
    late=st.booleans(),
    verbs=st.sets(st.sampled_from(VERBS)),
)
def test_no_query_tells_a_protected_persons_name_number_birth_date_or_address(
    house: House,
    by: Actor,
    now: datetime,
    given_: str,
    family: str,
    middle: str,
    born: date,
    level: Protection,
    late: bool,
    verbs: set[str],
):
    n = next(_serials)
    new = NewPerson(
        given_,
        family,
        middle,
        birth_date=born,
        sex=Sex.FEMALE,
        protection=Protection.NONE if late else level,
        identifiers=(
            NewIdentifier(Scheme.PERSONNUMMER, personnummer(born, 980)),
            NewIdentifier(Scheme.LOCAL, f"hemlig-{n:06d}", "prov"),
        ),
        contacts=(NewContact(ContactKind.EMAIL, f"hemlig{n:06d}@skola.example"),),
        facts=Facts(
            birth_place=f"Hemligstad{n}", residence=f"Hemliggatan {n}", parents=(Parent("mother", f"Hemlig{n}"),)
        ),
    )
    models.PersonIdentifier.objects.filter(value=new.identifiers[0].value).delete()
    pupil, guardian = register(by, now, new, NewPerson(f"Qvårdnad{n}", "Qppen"))
    enrol(house, [pupil], now)
    actions.issue_pupil_codes(by=by, persons=[pupil], now=now)
    actions.add_guardianships(
        by=by, guardianships=[NewGuardianship(pupil, guardian, Relation.MOTHER, date(2010, 1, 1))], now=now
    )
    code = queries.pupil_codes(by=by, persons=[pupil])[pupil]
    if late:
        actions.set_protection(by=by, person=pupil, level=level, now=now)
    told = everything(actor(*verbs), [pupil], house.class_9a, f"{given_} {family}")
    for secret in secrets_of(new) | {code, f"Qvårdnad{n}"}:
        assert secret not in told
    open_view = everything(actor(*VERBS, "people.protected.see"), [pupil], house.class_9a, given_)
    assert family in open_view
    assert new.identifiers[0].value in open_view
    assert "female" in open_view


def test_an_alias_tells_nothing_and_stays_the_same(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson", protection=Protection.CONFIDENTIALITY_MARK))
    first, second = (seen(actor(*VERBS), id_) for _ in range(2))
    assert first == second
    assert first.shown is Shown.ALIAS
    assert (first.sex, first.birth_date, first.identifier, first.path, first.protection) == (
        Sex.UNKNOWN,
        None,
        None,
        "",
        None,
    )
    assert first.sort_key == fold(first.name)


def test_a_raised_level_takes_effect_in_every_query_at_once(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    teacher = actor(*VERBS)
    assert queries.search(by=teacher, text="anna", path=PATH)
    actions.set_protection(by=by, person=id_, level=Protection.CONFIDENTIALITY_MARK, now=now)
    assert queries.search(by=teacher, text="anna", path=PATH) == ()
    assert queries.search(by=by, text="anna", path=PATH) == ()
    assert seen(teacher, id_).masked
    assert seen(by, id_).name == "Anna Provsson"
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.refs["from"], entry.refs["to"]) == (
        "people.protection.raised/1",
        "none",
        "confidentiality_mark",
    )


def test_a_changed_name_does_not_bring_a_protected_person_back_into_the_search(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson", protection=Protection.PROTECTED_REGISTRATION))
    actions.update_persons(by=by, updates=[PersonUpdate(id_, family="Nyberg")], now=now)
    assert queries.search(by=by, text="nyberg", path="/testkoping/") == ()
    assert models.Person.objects.get(id=id_).search_key == ""


def test_lowering_needs_its_own_right_and_brings_the_name_back(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson", protection=Protection.CONFIDENTIALITY_MARK))
    with pytest.raises(NotAllowed):
        actions.set_protection(by=actor("people.protection.raise"), person=id_, level=Protection.NONE, now=now)
    actions.set_protection(by=by, person=id_, level=Protection.NONE, now=now)
    assert queries.search(by=by, text="anna", path=PATH)
    assert seen(actor(), id_).name == "Anna Provsson"


def test_the_address_of_a_protected_registration_is_not_kept_at_all(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    home = NewContact(ContactKind.ADDRESS, "Hemliggatan 1\n999 99 Testköping", "home")
    post = NewContact(ContactKind.ADDRESS, "Förmedlingsuppdrag 000\n999 98 Testköping", "forwarding")
    actions.add_contacts(by=by, contacts=[(id_, home), (id_, post)], now=now)
    actions.set_protection(by=by, person=id_, level=Protection.PROTECTED_REGISTRATION, now=now)
    assert [c.label for c in queries.contacts(by=by, persons=[id_])[id_]] == ["forwarding"]
    with pytest.raises(actions.AddressProtected):
        actions.add_contacts(by=by, contacts=[(id_, home)], now=now)
    assert Entry.objects.filter(kind="people.protection.raised/1").get().refs["addresses_deleted"] == 1


def test_a_protected_guardian_is_an_alias_in_the_childs_list(by: Actor, now: datetime):
    child, mother = register(
        by, now, invented("Anna", "Provsson"), invented("Maria", "Hemlig", serial=982, protection=Protection.FINGERED)
    )
    actions.add_guardianships(
        by=by, guardianships=[NewGuardianship(child, mother, Relation.MOTHER, date(2010, 1, 1))], now=now
    )
    (found,) = queries.guardians(by=actor("people.guardianship.see"), children=[child], on=DAY)[child]
    assert found.guardian.masked
    assert "Maria" not in repr(found)


def test_a_guardian_sees_the_own_protected_child_only_by_a_grant_for_that_child(by: Actor, now: datetime):
    mine, other = register(
        by,
        now,
        invented("Anna", "Provsson", protection=Protection.CONFIDENTIALITY_MARK),
        invented("Bo", "Testberg", serial=981, protection=Protection.CONFIDENTIALITY_MARK),
    )
    guardian = actor("people.protected.see", "people.details.see", wards=frozenset({mine}))
    two = queries.people(by=guardian, ids=[mine, other])
    assert (two[mine].name, two[other].masked) == ("Anna Provsson", True)


def test_a_class_list_keeps_the_pupil_under_the_alias_and_out_of_alphabetic_place(
    house: House, by: Actor, now: datetime
):
    ids = register(by, now, *(NewPerson(f"P{n}", f"{c}provsson") for n, c in enumerate("BDFH")))
    (hidden,) = register(by, now, invented("Anna", "Aaaprovsson", protection=Protection.CONFIDENTIALITY_MARK))
    enrol(house, [*ids, hidden], now)
    rows = schools.class_list(by=actor("schools.group.see"), group=house.class_9a, on=DAY)
    assert len(rows) == 5
    assert [r.person.sort_key for r in rows] == sorted(r.person.sort_key for r in rows)
    assert next(r for r in rows if r.person.id == hidden).person.given == "Person"
    assert rows[0].person.id != hidden


def test_a_count_below_five_is_told_only_to_those_who_may_see_everybody(house: House, by: Actor, now: datetime):
    ids = register(by, now, *(NewPerson(f"P{n}", "Provsson") for n in range(12)))
    cells = {"girls": ids[:3], "boys": ids[3:]}
    assert queries.counts(by=by, cells=cells) == {"girls": 3, "boys": 9}
    assert queries.counts(by=actor(*VERBS), cells=cells) == {"girls": None, "boys": None}
    assert queries.counts(by=actor("people.protected.see"), cells=cells) == {"girls": 3, "boys": 9}


def test_a_document_gets_the_true_name_and_the_journal_names_who_was_read(by: Actor, now: datetime):
    open_, hidden = register(
        by, now, invented("Bo", "Testberg", serial=981), invented("Anna", "Provsson", protection=Protection.FINGERED)
    )
    legal = actions.legal_persons(
        by=actor("people.legal_name.read"), ids=[open_, hidden], purpose="test.document", now=now
    )
    assert legal[hidden].facts.name == "Anna Provsson"
    assert legal[hidden].protection is Protection.FINGERED
    entry = Entry.objects.latest("id")
    assert entry.refs["protected"] == [str(hidden)]
    assert "Provsson" not in repr(entry.refs)


def test_no_journal_entry_of_the_register_holds_a_name_or_number(house: House, by: Actor, now: datetime):
    new = invented("Hemliganna", "Hemligsson")
    (id_,) = register(by, now, new)
    enrol(house, [id_], now)
    actions.issue_pupil_codes(by=by, persons=[id_], now=now)
    actions.set_protection(by=by, person=id_, level=Protection.CONFIDENTIALITY_MARK, now=now)
    actions.legal_persons(by=by, ids=[id_], purpose="x", now=now)
    code = queries.pupil_codes(by=by, persons=[id_])[id_]
    told = repr([(e.kind, e.path, e.refs) for e in Entry.objects.all()])
    for secret in ("Hemlig", "hemlig", new.identifiers[0].value, "2010-03-04", code):
        assert secret not in told


def test_everybody_sees_oneself(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson", protection=Protection.CONFIDENTIALITY_MARK))
    assert seen(actor(id=id_), id_).name == "Anna Provsson"
    assert seen(actor(id=new_id()), id_).masked
