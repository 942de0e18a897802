"""Tables of the province's transcripts: each is told to its person or written down as kept with the reason."""

from __future__ import annotations

import sys
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.custody.models import Copy, LookUp, Transfer
from testamur.schoolday.custody.queries import held as custody
from testamur.schoolday.keeping import queries as keeping
from testamur.schoolday.keeping.rules.tables import TABLES
from testamur.schoolday.rollout.models import Joining, Plan, PutAway
from testamur.schoolday.rollout.queries import held as rollout
from testamur.schoolday.supervision.models import Reminded, Reminder, Report
from testamur.schoolday.supervision.queries import held as supervision
from testamur.schoolday.transcripts.models import ClassYear, Handover, Verification
from testamur.schoolday.transcripts.queries import held as transcripts
from tests.schoolday.diary.school import NOW, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D10", "C18", "A20")]
PACKAGES = ("custody", "transcripts", "supervision", "rollout")
YEAR = "2025/2026"


def reader(school: School, person: UUID, who: str = "") -> Actor:
    """Somebody who may read everything that is held of the person: oneself, or the one named."""
    grants = (Grant("extract", "/", ("keeping.extract.see",), wards=frozenset({person})),)
    return Actor(school.persons[who] if who else person, "simulated", grants)


def told(section: Any, school: School, person: UUID, who: str = "") -> dict[str, list[dict[str, object]]]:
    """Table → rows by column."""
    sheets = section(by=reader(school, person, who), person=person, now=NOW)
    return {one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in sheets}


def looked(school: School, pupil: UUID, purpose: str, text: str) -> None:
    """The principal looked a pupil up."""
    LookUp.objects.create(
        person=pupil, by_person=school.persons["principal"], path=school.path, purpose=purpose, text=text,
        opened_at=NOW, ends_at=NOW,
    )  # fmt: skip


@pytest.fixture
def kept(bulgarian: School) -> tuple[School, UUID]:
    """A pupil of whom every table holds something, and the principal who did all of it."""
    school, pupil, staff = bulgarian, bulgarian.pupils[0], bulgarian.persons["principal"]
    looked(school, pupil, "copy", "The family asked for a copy")
    looked(school, pupil, "authority", "A court asks about another child")
    Copy.objects.create(
        path=school.path, year=2026, number=7, kind="extract", record=uuid4(), pupil=pupil, asked_by="guardian",
        purpose="For the next school", years=[YEAR], issued_by=staff, issued_at=NOW,
    )  # fmt: skip
    Transfer.objects.create(
        pupil=pupil, sender=school.school, sender_path=school.path, receiver=uuid4(), receiver_path="/other/",
        asked_by=staff, asked_at=NOW, reason="The family has moved",
    )  # fmt: skip
    place: dict[str, Any] = {"unit": school.school, "path": school.path, "school_year": YEAR}
    Handover.objects.create(record=uuid4(), pupil=pupil, group=uuid4(), asked_at=NOW, **place)
    Verification.objects.create(group=uuid4(), verified_by=staff, verified_at=NOW, pupils=30, digest="0" * 64, **place)
    ClassYear.objects.create(group=uuid4(), code="3A", class_teacher=staff, refreshed_at=NOW, **place)
    sent = Reminder.objects.create(step="verified", people=1, sent_by=staff, sent_at=NOW, **place)
    Reminded.objects.create(
        reminder=sent, person=staff, unit=school.school, role="principal", classes=[], on=NOW.date()
    )
    Report.objects.create(made_by=staff, made_at=NOW, **place)
    plan = Plan.objects.create(
        authority=school.school, path=school.path, name="Plan", reason="Trial", school_year=YEAR, made_by=staff,
        made_at=NOW,
    )  # fmt: skip
    Joining.objects.create(plan=plan, unit=school.school, path=school.path, joined_by=staff, joined_at=NOW)
    PutAway.objects.create(person=staff, role="principal", at=NOW)
    return school, pupil


def test_every_table_of_the_province_says_where_it_is_told_and_how_long_it_stays() -> None:
    tables = {model._meta.db_table for name in PACKAGES for model in apps.get_app_config(name).get_models()}
    tables |= {
        model._meta.db_table
        for model in apps.get_app_config("connectors").get_models()
        if model.__name__.startswith("Delivery")
    }
    assert tables == set(TABLES)
    sections = {(topic, name.split(".")[2]) for topic, names in settings.HELD.items() for name in names}
    for table, one in TABLES.items():
        package = table.partition("_")[0]
        assert all((topic.value, package) in sections for topic in one.topics), table
        assert one.topics or one.why


def test_a_pupil_reads_look_ups_by_office_and_the_reason_of_the_familys_own_errand(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    first, second = sorted(told(custody.lookups, school, pupil)["lookups"], key=lambda row: str(row["purpose"]))
    assert (first["purpose"], first["reason"]) == ("", "")
    assert (second["purpose"], second["reason"]) == ("copy", "The family asked for a copy")
    assert first["place"]
    assert str(school.persons["principal"]) not in str((first, second))


def test_a_pupil_reads_copies_transfers_and_what_went_to_the_store(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    (copy,) = told(custody.copies, school, pupil)["copies"]
    assert (copy["number"], copy["years"], copy["asked_by"]) == ("7/2026", YEAR, "guardian")
    (move,) = told(custody.transfers, school, pupil)["transfers"]
    assert (move["state"], move["reason"]) == ("asked", "The family has moved")
    (record,) = told(transcripts.delivered, school, pupil)["deliveries"]
    assert (record["school"], record["state"]) == (school.school, "waiting")


def test_a_guardian_from_whom_another_one_hides_reads_no_place_and_no_words(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    hidden = school.persons["other_guardian"]
    people.set_protection(by=operator(), person=hidden, level=Protection.PROTECTED_REGISTRATION, now=NOW)
    rows = told(custody.lookups, school, pupil, "guardian")["lookups"]
    assert [(row["place"], row["reason"]) for row in rows] == [("", ""), ("", "")]
    (copy,) = told(custody.copies, school, pupil, "guardian")["copies"]
    assert (copy["place"], copy["asked_by"], copy["reason"]) == ("", "", "")
    assert told(custody.transfers, school, pupil, "guardian")["transfers"] == []
    assert "school" not in told(transcripts.delivered, school, pupil, "guardian")["deliveries"][0]


def test_of_what_an_authority_asked_for_nobody_reads_what_for(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    Copy.objects.create(
        path=school.path, year=2026, number=8, kind="copy", record=uuid4(), pupil=pupil, asked_by="authority",
        purpose="For an inquiry", years=[YEAR], issued_by=school.persons["principal"], issued_at=NOW,
    )  # fmt: skip
    row = next(one for one in told(custody.copies, school, pupil)["copies"] if one["number"] == "8/2026")
    assert (row["asked_by"], row["reason"]) == ("", "")
    assert row["place"]


def test_the_journal_tells_a_hiding_family_s_other_guardian_no_place_either(
    kept: tuple[School, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    school, pupil = kept
    entry = SimpleNamespace(
        kind="custody.lookup.opened/1", actor=school.persons["principal"], at=NOW, path=school.path,
        refs={"purpose": "copy"},
    )  # fmt: skip
    monkeypatch.setattr(
        sys.modules[keeping.seen.__module__], "search_log", lambda **_kw: iter([SimpleNamespace(entry=entry)])
    )

    def read(who: str) -> list[tuple[str, str]]:
        found = keeping.seen(by=reader(school, pupil, who), person=pupil, since=NOW - timedelta(days=9), now=NOW)
        return [(one.path, one.where) for one in found if one.what.startswith("custody.")]

    assert read("guardian") == [(school.path, "copy")]
    hidden = school.persons["other_guardian"]
    people.set_protection(by=operator(), person=hidden, level=Protection.PROTECTED_REGISTRATION, now=NOW)
    assert read("guardian") == [("", "")]
    assert read("") == [(school.path, "copy")], "the pupil reads it"


def test_staff_read_what_they_did_and_nobody_reads_it_of_them(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    staff = school.persons["principal"]
    own: dict[str, list[dict[str, object]]] = {}
    for package in (custody, transcripts, supervision, rollout):
        own |= told(package.work, school, staff)
        assert not any(told(package.work, school, staff, "guardian").values())
    assert {name: len(rows) for name, rows in own.items()} == {
        "custody_work": 4, "verifications": 1, "classes_led": 1, "reminders": 1, "reminders_sent": 1,
        "closing_reports": 1, "plans": 1, "schools_joined": 1, "lists_put_away": 1,
    }  # fmt: skip
    assert str(pupil) not in str(own)


def test_a_section_asks_for_the_power(kept: tuple[School, UUID]) -> None:
    school, pupil = kept
    for section in (custody.lookups, custody.copies, custody.transfers, custody.work, transcripts.delivered):
        with pytest.raises(NotAllowed):
            list(section(by=school.actor("principal"), person=pupil, now=NOW))
