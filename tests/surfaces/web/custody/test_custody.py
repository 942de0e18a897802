"""Looking up with a reason, copies with a number, a pupil who moves: through the pages, as offices use them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people import actions as people
from testamur.register.people import queries as person_queries
from testamur.register.people.rules import Protection
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Form, GroupKind, NewGroup, NewPost, NewUnit, Role, UnitKind
from testamur.schoolday.custody import actions, queries
from testamur.schoolday.custody.models import Copy, LookUp, Transfer
from testamur.schoolday.custody.rules import (
    AskedBy,
    CopyKind,
    LookUpEnded,
    NobodyFound,
    NotAPupil,
    Purpose,
    SayWhy,
    TooMany,
    TransferOver,
    TransferTaken,
    stays,
)
from testamur.surfaces.web.office.examining import trust
from tests.shipping import own_acts_are_seen
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as as entered
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("D10", "D14")]
WHY = "The family asked for a copy of the transcript"


@pytest.fixture
def vn(db: None) -> World:
    """A Vietnamese school whose class has its transcripts, and another school of the province."""
    made = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(made, clock.now())
    worlds.issue(made, made.vn_school, ["hoc_ba_year"], "HK2")
    assert made.vn_school is not None
    province = school_queries.units_above(made.vn_path)[0]
    new = NewUnit(
        UnitKind.SCHOOL, "099002", "Trường Tiểu học Ví Dụ 2", province.id, form=Form.PRIMARY, pack="vn.primary"
    )
    other = schools.add_units(by=operator(), units=[new], now=clock.now())[0]
    year = school_queries.school_years(province.id)[0].id
    schools.add_groups(
        by=operator(), groups=[NewGroup(other, year, GroupKind.CLASS, "3B", year_level=3)], now=clock.now()
    )
    posts = [
        NewPost(made.persons["other_principal"], other, Role.PRINCIPAL, worlds.SINCE),
        NewPost(made.persons["vn_teacher"], made.vn_school, Role.ARCHIVIST, worlds.SINCE),
    ]
    schools.add_posts(by=operator(), posts=posts, now=clock.now())
    return made


def place(world: World, code: str = "099002") -> Any:
    """The other school."""
    return next(u for u in school_queries.units_under("/") if u.code == code)


def born(world: World, name: str = "vn_pupil") -> date:
    """The pupil's date of birth."""
    view = person_queries.person(by=operator(), id=world.persons[name])
    assert view is not None
    assert view.birth_date is not None
    return view.birth_date


def principal(world: World, name: str = "vn_principal", path: str = "") -> Actor:
    """A principal with the powers of the web."""
    verbs = ("custody.*", "schools.group.see")
    return Actor(world.persons[name], "simulated", (Grant("principal", path or world.vn_path, verbs),))


def look(world: World, **more: Any) -> UUID:
    """A look-up of the pupil."""
    told: dict[str, Any] = {
        "by": principal(world), "path": world.vn_path, "number": world.numbers["vn_pupil"],
        "birth_date": born(world), "purpose": Purpose.COPY, "text": WHY, "now": clock.now(), **more,
    }  # fmt: skip
    return actions.look_up(**told)


def enter(world: World, name: str, hat: str) -> Client:
    """The browser of somebody who is logged in."""
    return entered(Client(), world, name, hat=hat)


def sent(browser: Client, address: str, **fields: Any) -> Any:
    """A form that was sent."""
    return browser.post(address, fields)


def text_of(pdf: bytes) -> str:
    """What a reader of the PDF reads."""
    import subprocess

    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return made.stdout.decode()


@pytest.mark.feature("D16", "D17")
def test_from_the_reason_to_the_printed_copy_and_extract(vn: World) -> None:
    browser = enter(vn, "vn_principal", f"principal@{vn.vn_path}")
    asked = {"number": vn.numbers["vn_pupil"], "birth_date": born(vn).isoformat(), "purpose": "copy", "text": WHY}
    opened = sent(browser, "/custody/", **asked)
    assert opened.status_code == 303
    page = browser.get(opened["Location"]).content.decode()
    assert vn.names["vn_pupil"] in page
    [record] = queries.documents(by=principal(vn), lookup=LookUp.objects.get().id, now=clock.now())
    original = browser.get(f"{opened['Location']}original/{record.id}/")
    assert verify_file(original.content, trust(clock.now()), "x.pdf").word == "valid"
    copying = f"{opened['Location']}copy/{record.id}/"
    wrong = sent(browser, copying, kind="extract", asked_by="guardian", purpose="For the new school")
    assert wrong.status_code == 422  # no year was chosen
    for fields in ({"kind": "copy"}, {"kind": "extract", "years": "2025/2026"}):
        done = sent(browser, copying, asked_by="guardian", purpose="Nộp hồ sơ vào lớp 6", **fields)
        assert done.status_code == 303
    book = browser.get("/custody/copies/").content.decode()
    assert "1/2026" in book
    assert "2/2026" in book
    for line in Copy.objects.order_by("number"):
        pdf = browser.get(f"/custody/copies/{line.id}/pdf/").content
        read = text_of(pdf)
        assert vn.names["vn_pupil"] in read
        assert f"{line.number}/2026" in read
        assert record.code in read
        assert "Nộp hồ sơ vào lớp 6" in read
        with pikepdf.open(io.BytesIO(pdf)) as opened_copy:
            inside = opened_copy.attachments[f"{record.code}.pdf"].get_file().read_bytes()
        assert inside == original.content
        assert read == text_of(browser.get(f"/custody/copies/{line.id}/pdf/").content)  # the same copy each time
        word = verify_file(pdf, trust(clock.now()), "copy.pdf").word
        assert word != "valid", "a copy is no original"
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"custody.lookup.opened/1", "custody.original.fetched/1", "custody.copy.issued/1"} <= kinds
    assert "custody.copy.printed/1" in kinds


def test_a_history_is_not_opened_without_a_reason_nor_for_a_stranger(vn: World) -> None:
    with pytest.raises(SayWhy):
        look(vn, text="Because")
    for wrong in ({"birth_date": date(2000, 1, 1)}, {"number": "099999999999"}, {"birth_date": None}):
        with pytest.raises(NobodyFound):
            look(vn, **wrong)
    elsewhere = place(vn)
    with pytest.raises(NobodyFound):  # never was a pupil there: the same answer as for nobody
        look(vn, by=principal(vn, "other_principal", elsewhere.path), path=elsewhere.path)
    with pytest.raises(NotAllowed):
        look(vn, by=principal(vn, "other_principal", elsewhere.path))
    assert not LookUp.objects.exists()
    assert not Entry.objects.filter(kind="custody.lookup.opened/1").exists()


def test_numbers_cannot_be_tried_one_after_another(vn: World) -> None:
    for _ in range(20):
        with pytest.raises(NobodyFound):
            look(vn, number="099999999999")
    with pytest.raises(TooMany):
        look(vn)


def test_a_look_up_ends_by_itself_and_serves_nobody_else(vn: World) -> None:
    opened = look(vn)
    assert len(queries.documents(by=principal(vn), lookup=opened, now=clock.now())) == 1
    with pytest.raises(LookUpEnded):
        queries.documents(by=principal(vn), lookup=opened, now=clock.now() + timedelta(minutes=31))
    with pytest.raises(NotFound):
        queries.documents(by=principal(vn, "vn_teacher"), lookup=opened, now=clock.now())


def test_the_family_reads_who_looked_and_what_for(vn: World) -> None:
    from testamur.kernel.journal import steps as journal

    look(vn)
    look(vn, purpose=Purpose.AUTHORITY, text="A court asks about something")
    with own_acts_are_seen():
        journal.ship_all(now=clock.now())
    browser = enter(vn, "vn_guardian", "guardian")
    page = browser.get(f"/mine/seen/{vn.persons['vn_pupil']}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Schools and documents of all years" in text
    assert "A copy or an extract was asked for" in text  # the family's own errand
    assert "A court or another authority asks" not in text
    assert vn.names["vn_principal"] not in text, "who asks in an office asks for it"
    unit = school_queries.unit(vn.vn_school) if vn.vn_school else None
    assert unit is not None
    assert f"<td>{unit.name}" in text


def test_a_protected_pupil_is_shown_by_alias_and_no_document_is_opened(vn: World) -> None:
    people.set_protection(
        by=operator(), person=vn.persons["vn_pupil"], level=Protection.PROTECTED_REGISTRATION, now=clock.now()
    )
    browser = enter(vn, "vn_teacher", f"archivist@{vn.vn_path}")  # who may not see protected names
    asked = {"number": vn.numbers["vn_pupil"], "birth_date": born(vn).isoformat(), "purpose": "copy", "text": WHY}
    opened = sent(browser, "/custody/", **asked)
    page = browser.get(opened["Location"]).content.decode()
    assert vn.names["vn_pupil"] not in page
    assert "original/" not in page
    lookup = LookUp.objects.get().id
    mine = Actor(vn.persons["vn_teacher"], "simulated", (Grant("archivist", vn.vn_path, ("custody.*",)),))
    [record] = queries.documents(by=mine, lookup=lookup, now=clock.now())
    for way in ("original", "copy"):
        assert browser.get(f"/custody/lookup/{lookup}/{way}/{record.id}/").status_code == 403


@pytest.mark.feature("D13")
def test_a_pupil_moves_with_all_years_and_without_a_day_between(vn: World) -> None:
    new = place(vn)
    taking = enter(vn, "other_principal", f"principal@{new.path}")
    asked = {"number": vn.numbers["vn_pupil"], "birth_date": born(vn).isoformat(), "reason": "The family has moved"}
    made = sent(taking, "/custody/transfers/", **asked)
    assert made.status_code == 303
    address = made["Location"]
    assert vn.names["vn_pupil"] not in taking.get(address).content.decode()  # nothing before the school lets go
    again = sent(taking, "/custody/transfers/", **asked)
    assert again.status_code == 422
    giving = enter(vn, "vn_principal", f"principal@{vn.vn_path}")
    assert vn.names["vn_pupil"] in giving.get(address).content.decode()
    assert sent(giving, f"{address}act/", act="release", last_day="2020-01-01").status_code == 422
    assert sent(giving, f"{address}act/", act="release", last_day="2026-06-30").status_code == 303
    group = next(g for g in school_queries.groups(school=new.id))
    assert sent(taking, f"{address}act/", act="accept", group=str(group.id)).status_code == 303
    rows = school_queries.enrolments_of(person=vn.persons["vn_pupil"])
    assert [(r.school, r.ends) for r in rows if r.ends is not None] == [(vn.vn_school, date(2026, 6, 30))]
    assert [(r.school, r.starts, r.group) for r in rows if r.ends is None] == [(new.id, date(2026, 7, 1), group.id)]
    assert all(stay.gap == 0 for stay in stays([(r.school, r.starts, r.ends, r.year_level) for r in rows]))
    # the new school opens the whole history, the former one no more than what it issued
    opened = sent(
        taking, "/custody/", number=asked["number"], birth_date=asked["birth_date"], purpose="transfer", text=WHY
    )
    page = taking.get(opened["Location"]).content.decode()
    assert "Trường Tiểu học Ví Dụ 1" in page
    assert "original/" in page
    assert person_queries.paths([vn.persons["vn_pupil"]]) == {vn.persons["vn_pupil"]: new.path}
    assert person_queries.paths([vn.persons["vn_guardian"]]) == {vn.persons["vn_guardian"]: new.path}


def test_a_transfer_needs_both_schools_and_is_answered_once(vn: World) -> None:
    new, old = place(vn), school_queries.units([vn.vn_school])[vn.vn_school] if vn.vn_school else None
    assert old is not None
    asker, sender = principal(vn, "other_principal", new.path), principal(vn)
    told = {"receiver": new.id, "number": vn.numbers["vn_pupil"], "birth_date": born(vn), "reason": WHY}
    made = actions.ask_transfer(by=asker, now=clock.now(), **told)
    with pytest.raises(TransferTaken):
        actions.ask_transfer(by=asker, now=clock.now(), **told)
    with pytest.raises(NotAllowed):
        actions.release_transfer(by=asker, transfer=made, last_day=date(2026, 6, 30), now=clock.now())
    with pytest.raises(TransferOver):  # not let go yet
        actions.accept_transfer(by=asker, transfer=made, group=None, year_level=3, now=clock.now())
    actions.release_transfer(by=sender, transfer=made, last_day=date(2026, 6, 30), now=clock.now())
    with pytest.raises(NotAllowed):
        actions.accept_transfer(by=sender, transfer=made, group=None, year_level=3, now=clock.now())
    actions.refuse_transfer(by=sender, transfer=made, why="The family changed its mind", now=clock.now())
    with pytest.raises(TransferOver):
        actions.accept_transfer(by=asker, transfer=made, group=None, year_level=3, now=clock.now())
    [open_now] = school_queries.open_enrolments(persons=[vn.persons["vn_pupil"]])
    assert open_now.school == old.id  # nothing has changed
    with pytest.raises(NotAPupil):
        actions.ask_transfer(by=principal(vn), now=clock.now(), **{**told, "receiver": old.id})


def test_the_database_keeps_look_ups_copies_and_the_way_of_a_transfer(vn: World) -> None:
    opened = look(vn)
    [record] = queries.documents(by=principal(vn), lookup=opened, now=clock.now())
    actions.issue_copy(
        by=principal(vn), lookup=opened, record=record.id, kind=CopyKind.COPY, asked_by=AskedBy.PUPIL, purpose=WHY,
        now=clock.now(),
    )  # fmt: skip
    new = place(vn)
    actions.ask_transfer(
        by=principal(vn, "other_principal", new.path), receiver=new.id, number=vn.numbers["vn_pupil"],
        birth_date=born(vn), reason=WHY, now=clock.now(),
    )  # fmt: skip
    for change in (
        lambda: LookUp.objects.update(text="Something else"),
        lambda: LookUp.objects.all().delete(),
        lambda: Copy.objects.update(number=7),
        lambda: Transfer.objects.update(state="accepted", last_day=date(2026, 6, 30)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert connection.vendor
