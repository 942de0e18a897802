"""Registering, changing and reaching people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions, models, queries
from testamur.register.people.rules import (
    ContactInvalid,
    ContactKind,
    Facts,
    IdentifierInvalid,
    NameInvalid,
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
    ids_digest,
)
from tests.register.conftest import DAY, actor, invented, register, seen

pytestmark = pytest.mark.django_db

PATH = "/testkoping/skolan-1/"


def test_persons_are_registered_in_order_with_one_journal_entry(by: Actor, now: datetime):
    ids = register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981))
    assert [v.name for v in queries.people(by=by, ids=ids).values()] == ["Anna Provsson", "Bo Testberg"]
    entry = Entry.objects.get()
    assert (entry.kind, entry.path) == ("people.persons.registered/1", PATH)
    assert entry.refs == {"count": 2, "digest": ids_digest(ids), "protected": 0}
    assert "Provsson" not in str(entry.refs)


def test_one_fault_refuses_the_whole_call_and_names_the_item(by: Actor, now: datetime):
    good = invented("Anna", "Provsson")
    bad = replace(invented("Bo", "Testberg"), identifiers=(NewIdentifier(Scheme.PERSONNUMMER, "20100304-0000"),))
    for fault, error, field in (
        (bad, IdentifierInvalid, "value"),
        (NewPerson("", " "), NameInvalid, "family"),
        (NewPerson("Bo", "x\x07"), NameInvalid, "family"),
        (
            replace(good, id=None, identifiers=(), contacts=(NewContact(ContactKind.PHONE, "1"),)),
            ContactInvalid,
            "value",
        ),
        (replace(good, id=new_id()), actions.IdentifierTaken, "identifiers"),
        (replace(good, identifiers=()), actions.PersonExists, "id"),
    ):
        with pytest.raises(error) as no:
            register(by, now, good, fault)
        assert (no.value.found["index"], no.value.field) == (1, field)
    assert not models.Person.objects.exists()
    assert not Entry.objects.exists()


def test_a_number_that_somebody_has_is_refused_without_saying_who(by: Actor, now: datetime):
    register(by, now, invented("Anna", "Provsson", protection=Protection.CONFIDENTIALITY_MARK))
    with pytest.raises(actions.IdentifierTaken) as no:
        register(by, now, invented("Bo", "Testberg", serial=981), invented("Cia", "Provsson"))
    assert no.value.found == {"scheme": "se.personnummer", "index": 1}


def test_nobody_registers_people_where_they_have_no_grant(now: datetime):
    somebody = actor("people.person.register", path="/testkoping/skolan-2/")
    with pytest.raises(NotAllowed):
        register(somebody, now, invented("Anna", "Provsson"))


def test_a_grant_limited_to_wards_gives_no_power_over_everybody(now: datetime):
    guardian = actor("people.*", wards=frozenset({new_id()}))
    with pytest.raises(NotAllowed):
        register(guardian, now, invented("Anna", "Provsson"))
    with pytest.raises(NotAllowed):
        queries.search(by=guardian, text="anna", path=PATH)


def test_an_update_changes_what_is_told_and_keeps_the_rest(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    assert actions.update_persons(by=by, updates=[PersonUpdate(id_, family="Nyberg")], now=now) == 1
    view = seen(by, id_)
    assert (view.name, view.birth_date, view.sex) == ("Anna Nyberg", date(2010, 3, 4), Sex.FEMALE)
    assert [v.id for v in queries.search(by=by, text="nyb", path="/testkoping/")] == [id_]
    assert actions.update_persons(by=by, updates=[PersonUpdate(id_, family="Nyberg")], now=now) == 0
    assert Entry.objects.filter(kind="people.persons.changed/1").count() == 1
    with pytest.raises(NotFound):
        actions.update_persons(by=by, updates=[PersonUpdate(new_id(), family="X")], now=now)
    with pytest.raises(NameInvalid):
        actions.update_persons(by=by, updates=[PersonUpdate(id_, given="", family="")], now=now)


def test_a_person_is_found_by_any_of_several_numbers_until_one_is_ended(by: Actor, now: datetime):
    (id_,) = register(
        by, now, NewPerson("Anna", "Provsson", identifiers=(NewIdentifier(Scheme.TEMPORARY, "20100304TF01"),))
    )
    number = invented("x", "y").identifiers[0]
    first, second = actions.add_identifiers(
        by=by, items=[(id_, NewIdentifier(Scheme.TEMPORARY, "20100304TF01")), (id_, number)], now=now
    )
    shown = seen(by, id_).identifier
    assert shown is not None
    assert shown.scheme is Scheme.PERSONNUMMER
    assert queries.holder_of_identifier(scheme="se.temporary", value="20100304-tf01", on=DAY) == id_
    actions.end_identifiers(by=by, ends={first: DAY - timedelta(days=1)}, now=now)
    assert queries.holder_of_identifier(scheme="se.temporary", value="20100304-tf01", on=DAY) is None
    assert queries.holder_of_identifier(scheme="se.personnummer", value=number.value, on=DAY) == id_
    assert {v.id for v in queries.identifiers(by=by, persons=[id_])[id_]} == {first, second}
    (other,) = register(by, now, NewPerson("Bo", "Testberg"))
    with pytest.raises(actions.IdentifierTaken) as no:
        actions.add_identifiers(by=by, items=[(other, number)], now=now)
    assert no.value.found["index"] == 0


@pytest.mark.feature("B22")
def test_search_minds_neither_case_nor_diacritics_and_sorts_by_family_name(by: Actor, now: datetime):
    ids = register(
        by,
        now,
        NewPerson("Åsa", "Öberg"),
        NewPerson("Asa", "Berg"),
        NewPerson("An", "Nguyễn", "Đức", family_first=True),
    )
    assert [v.id for v in queries.search(by=by, text="ÅSA", path="/testkoping/")] == [ids[1], ids[0]]
    assert [v.name for v in queries.search(by=by, text="nguyen duc", path=PATH)] == ["Nguyễn Đức An"]
    assert queries.search(by=by, text="sa", path=PATH) == ()
    assert queries.search(by=by, text=" ", path=PATH) == ()
    assert queries.search(by=by, text="asa", path="/testkoping/skolan-2/") == ()
    assert queries.search(by=by, text="%", path=PATH) == ()
    with pytest.raises(NotAllowed):
        queries.search(by=actor("people.person.search"), text="asa", path="/testkoping/")


def test_without_the_right_to_details_a_person_is_a_name(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    view = seen(actor(), id_)
    assert (view.shown, view.name, view.identifier, view.birth_date, view.path) == (
        Shown.NAME,
        "Anna Provsson",
        None,
        None,
        "",
    )
    assert seen(actor("people.details.see"), id_).shown is Shown.FULL
    assert seen(actor("people.details.see", path="/testkoping/skolan-2/"), id_).shown is Shown.NAME
    assert seen(actor("people.details.see", wards=frozenset({id_})), id_).shown is Shown.FULL
    assert seen(actor("people.details.see", wards=frozenset({new_id()})), id_).shown is Shown.NAME
    assert seen(actor("people.details.see", groups=frozenset({new_id()})), id_).shown is Shown.NAME
    assert seen(actor(id=id_), id_).shown is Shown.FULL
    assert queries.person(by=by, id=new_id()) is None


@pytest.mark.feature("E18")
@pytest.mark.feature("E19")
def test_a_pupil_code_opens_until_it_is_rotated_or_revoked(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    first = actions.issue_pupil_codes(by=by, persons=[id_], now=now)[id_]
    assert queries.holder_of_code(f"{first[:5]}-{first[5:]}".lower()) == id_
    second = actions.issue_pupil_codes(by=by, persons=[id_], now=now)[id_]
    assert queries.holder_of_code(first) is None
    assert queries.pupil_codes(by=by, persons=[id_]) == {id_: second}
    assert queries.pupil_codes(by=actor(), persons=[id_]) == {}
    assert actions.revoke_pupil_codes(by=by, persons=[id_], now=now) == 1
    assert queries.holder_of_code(second) is None


@pytest.mark.feature("C18")
@pytest.mark.feature("C29")
def test_contacts_are_kept_once_verified_and_shown_to_those_who_may(by: Actor, now: datetime):
    (id_,) = register(
        by, now, replace(invented("Anna", "Provsson"), contacts=(NewContact(ContactKind.EMAIL, "a@skola.example"),))
    )
    added = actions.add_contacts(
        by=by,
        contacts=[
            (id_, NewContact(ContactKind.EMAIL, "a@SKOLA.example")),
            (id_, NewContact(ContactKind.PHONE, "070-123 45 67", "mobile", "SE")),
        ],
        now=now,
    )
    assert len(added) == 1
    actions.verify_contact(by=actor(id=id_), id=added[0], now=now)
    mail, phone = queries.contacts(by=by, persons=[id_])[id_]
    assert (mail.verified_at, phone.value, phone.sms, phone.verified_at) == (None, "+46701234567", True, now)
    assert queries.contacts(by=actor("people.details.see"), persons=[id_]) == {id_: ()}
    with pytest.raises(NotAllowed):
        actions.remove_contacts(by=actor(), ids=added, now=now)
    actions.remove_contacts(by=by, ids=added, now=now)
    assert queries.contacts(by=by, persons=[id_])[id_] == (mail,)


def test_a_guardian_reaches_the_child_while_it_is_a_minor(by: Actor, now: datetime):
    child, mother, foster = register(
        by, now, invented("Anna", "Provsson"), invented("Maria", "Provsson", serial=982), NewPerson("Fia", "Fosterberg")
    )
    since = date(2015, 1, 1)
    first, second = actions.add_guardianships(
        by=by,
        guardianships=[
            NewGuardianship(child, mother, Relation.MOTHER, since),
            NewGuardianship(child, foster, Relation.FOSTER, since, custody=False),
        ],
        now=now,
    )
    assert queries.wards(guardian=mother, on=DAY) == {child}
    assert {g.guardian.name for g in queries.guardians(by=by, children=[child], on=DAY)[child]} == {
        "Maria Provsson",
        "Fia Fosterberg",
    }
    assert queries.guardians(by=actor(), children=[child], on=DAY) == {child: ()}
    actions.end_guardianships(by=by, ends={second: DAY - timedelta(days=1)}, now=now)
    assert queries.wards(guardian=foster, on=DAY) == frozenset()
    of_age = date(2028, 3, 4)
    assert queries.wards(guardian=mother, on=of_age) == frozenset()
    actions.set_consent(by=actor(id=child), guardianship=first, consent_from=of_age, now=now)
    assert queries.wards(guardian=mother, on=of_age) == {child}
    with pytest.raises(NotAllowed):
        actions.set_consent(by=actor(id=mother), guardianship=first, consent_from=None, now=now)
    with pytest.raises(actions.GuardianshipInvalid) as no:
        actions.add_guardianships(
            by=by, guardianships=[NewGuardianship(child, mother, Relation.MOTHER, since)], now=now
        )
    assert no.value.found["index"] == 0
    with pytest.raises(actions.GuardianshipInvalid):
        actions.add_guardianships(by=by, guardianships=[NewGuardianship(child, child, Relation.PARENT, since)], now=now)


def test_a_legal_document_gets_the_facts_of_the_law_and_the_journal_tells_of_it(by: Actor, now: datetime):
    facts = Facts("Hải Dương", "Kinh", "Việt Nam", "Hải Dương", "Phố Thử 1", (Parent("mother", "Trần Thử"),))
    (id_,) = register(by, now, NewPerson("An", "Nguyễn", "Văn", birth_date=date(2015, 1, 2), family_first=True))
    actions.set_facts(by=by, facts=[(id_, Facts("x")), (id_, facts)], now=now)
    assert queries.facts(by=by, persons=[id_]) == {id_: facts}
    legal = actions.legal_persons(by=by, ids=[id_], purpose="test.document", now=now)[id_]
    assert (legal.facts.name, legal.facts.ethnicity, legal.facts.parents) == (
        "Nguyễn Văn An",
        "Kinh",
        (("mother", "Trần Thử"),),
    )
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.refs["purpose"], entry.refs["count"]) == (
        "people.legal_persons.read/1",
        "test.document",
        1,
    )
    with pytest.raises(NotAllowed):
        actions.legal_persons(by=actor("people.details.see", "people.protected.see"), ids=[id_], purpose="x", now=now)
    with pytest.raises(NotFound):
        actions.legal_persons(by=by, ids=[new_id()], purpose="x", now=now)


def test_moving_a_person_moves_who_may_see_the_details(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    actions.move_persons(by=by, ids=[id_], to="/testkoping/skolan-2/", now=now)
    assert seen(actor("people.details.see"), id_).shown is Shown.NAME
    assert seen(actor("people.details.see", path="/testkoping/skolan-2/"), id_).shown is Shown.FULL
    with pytest.raises(NotAllowed):
        actions.move_persons(by=actor("people.person.move"), ids=[id_], to=PATH, now=now)


@pytest.mark.parametrize(
    "broken",
    [
        lambda p: models.Person.objects.filter(id=p).update(given="", family=""),
        lambda p: models.Person.objects.filter(id=p).update(protection="secret"),
        lambda p: models.Person.objects.filter(id=p).update(protection="confidentiality_mark"),
        lambda p: models.Person.objects.filter(id=p).update(protection="fingered", alias="X"),
        lambda p: models.Person.objects.filter(id=p).update(path="testkoping/"),
        lambda p: models.Person.objects.filter(id=p).update(sex="f"),
        lambda p: models.PersonIdentifier.objects.create(person_id=p, scheme="local", value="1"),
        lambda p: models.PersonIdentifier.objects.create(person_id=p, scheme="se.orgnr", value="1"),
        lambda p: models.PersonIdentifier.objects.create(person_id=p, scheme="bg.egn", context="x", value="1"),
        lambda p: models.Guardianship.objects.create(
            child_id=p, guardian_id=p, relation="mother", custody=True, starts=DAY
        ),
        lambda p: models.ContactPoint.objects.create(person_id=p, kind="fax", value="1"),
        lambda p: models.ContactPoint.objects.create(person_id=p, kind="email", value="a@b.example", sms=True),
    ],
)
def test_the_database_itself_refuses_what_the_rules_forbid(by: Actor, now: datetime, broken: Callable[..., object]):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(id_)


def test_two_codes_in_force_for_one_pupil_are_refused_by_the_database(by: Actor, now: datetime):
    (id_,) = register(by, now, invented("Anna", "Provsson"))
    actions.issue_pupil_codes(by=by, persons=[id_], now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.PupilCode.objects.create(person_id=id_, code="X", issued_at=now)


def test_a_view_of_a_class_takes_two_queries_whatever_its_size(
    by: Actor, now: datetime, django_assert_num_queries: Any
):
    ids = register(by, now, *(NewPerson(f"P{n}", "Provsson") for n in range(30)))
    with django_assert_num_queries(2):
        queries.people(by=by, ids=ids)


def test_names_without_numbers_take_one_query_and_are_masked_as_ever(
    by: Actor, now: datetime, django_assert_num_queries: Any
):
    ids = register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981))
    assert all(view.identifier for view in queries.people(by=by, ids=ids).values())
    for reader in (by, Actor(new_id(), "test")):
        whole = queries.people(by=reader, ids=ids)
        with django_assert_num_queries(1):
            light = queries.people(by=reader, ids=ids, numbers=False)
        assert light == {key: replace(view, identifier=None) for key, view in whole.items()}
