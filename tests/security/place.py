"""A world in which every kind of thing exists three times: at a school, at its sibling, at a body elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from random import Random
from typing import Any
from uuid import UUID

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import Level
from testamur.access.accounts.rules.clients import GRADES
from testamur.exchange.connectors import tasks as connectors
from testamur.exchange.connectors import uploads
from testamur.exchange.connectors.diary import exporting
from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.rules.registrations import Route
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.register.people.rules import NewPerson, Protection, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewPost, NewUnit, Role, UnitKind, UnitView
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations import files as message_files
from testamur.schoolday.conversations import queries as conversation_queries
from testamur.schoolday.conversations.rules import Circle as Conversing
from testamur.schoolday.conversations.rules import NewConversation
from testamur.schoolday.custody import actions as custody
from testamur.schoolday.custody.rules import AskedBy, CopyKind, Purpose
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries import pupil as diary_pages
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.leaves import NewLeave
from testamur.schoolday.diary.rules.lessons import NewLesson
from testamur.schoolday.diary.rules.marks import kinds_for
from testamur.schoolday.diary.rules.phrases import Circle as PhraseCircle
from testamur.schoolday.diary.rules.phrases import NewPhrase
from testamur.schoolday.diary.rules.states import Circle, HealthKind, LeaveKind
from testamur.schoolday.keeping import actions as keeping
from testamur.schoolday.keeping import steps as keeping_steps
from testamur.schoolday.keeping.models import DeletionList
from testamur.schoolday.keeping.rules import Topic
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard import queries as board_queries
from testamur.schoolday.noticeboard.rules import Audience, EventKind, Kind, NewEvent, NewsText, Offer
from testamur.schoolday.noticeboard.rules.menus import Dish
from testamur.schoolday.results import queries as results
from testamur.schoolday.results import tasks as making
from testamur.schoolday.support import actions as support
from testamur.schoolday.support.rules import NewContact, NewQuestion, NewTool
from testamur.surfaces.cli import demo_data, demo_people
from testamur.trust.records import actions as records
from testamur.trust.records import queries as record_queries
from testamur.trust.records.rules import State
from testamur.trust.sealing import queries as sealing
from testamur.trust.signing.rules import SignerIdentity
from testamur.trust.transparency import queries as logs
from tests.security.place_delivery import delivered
from tests.security.place_forms import asked
from tests.security.place_learning import learnt
from tests.security.place_supervision import supervised
from tests.security.rolling import rolled_out
from tests.security.tended import tended
from tests.surfaces.web import world as worlds
from tests.surfaces.web.staff.ready import make_ready, planned
from tests.surfaces.web.world import World

STRANGER = Actor(UUID(int=3), "web", (Grant("web", "/", ("accounts.*", "noticeboard.enquiry.send")),))


class Place(StrEnum):
    """Where a thing lies, as seen from the first school."""

    HERE = "here"
    SIBLING = "sibling"
    FOREIGN = "foreign"


@dataclass
class Things:
    """The world and what there is at each place.

    Attributes:
        arguments: what stands in addresses, by the argument's name.
        forms: what a form may hold, by the field's name: of all forms together.
        secret: names and numbers of the pupils.
        hidden: name and number of the protected pupil of the first school.
    """

    world: World
    arguments: dict[Place, dict[str, object]] = field(default_factory=dict)
    forms: dict[Place, dict[str, Any]] = field(default_factory=dict)
    secret: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """One place: the school, who is there by name in the world, and what is issued."""

    place: Place
    unit: UnitView
    body: UnitView
    group: UUID
    pupils: tuple[str, ...]
    guardian: str
    signer: str
    role: str
    office: str
    term: str
    issued: str
    signed: str
    way: str


def build() -> Things:
    """Everything; needs a data folder and the demonstration's mode."""
    now = clock.now()
    world = worlds.build(now, vietnamese=True)
    _further_staff(world)
    worlds.equip(world, now)
    things = Things(world, hidden=(world.names["protected"], world.numbers["protected"]))
    for site in _sites(world):
        _fill(things, site)
    return things


def _further_staff(world: World) -> None:
    """A delegate and an archivist of the first school, an administrator of the Vietnamese one."""
    by, now, random = operator(), clock.now(), Random(41)
    grown = demo_data.swedish(random, demo_data.days(random, 1969))
    assert world.vn_school is not None
    posts = [NewPost(world.persons["vn_principal"], world.vn_school, Role.ADMINISTRATOR, worlds.SINCE)]
    for name, role in (("delegate", Role.DELEGATE), ("archivist", Role.ARCHIVIST)):
        one = next(grown)
        new = replace(demo_people.person(one, Scheme.PERSONNUMMER, family_first=False), contacts=())
        world.persons[name] = people.register_persons(by=by, path=world.school_path, persons=[new], now=now)[0]
        ends = worlds.ISSUED_ON + timedelta(days=60) if role is Role.DELEGATE else None
        posts.append(NewPost(world.persons[name], world.school, role, worlds.SINCE, ends))
    schools.add_posts(by=by, posts=posts, now=now)


def _sites(world: World) -> list[Site]:
    assert world.vn_school is not None
    assert world.vn_group is not None
    units = school_queries.units([world.school, world.other_school, world.vn_school, world.authority])
    body = units[world.authority]
    vn_body = next(u for u in school_queries.units_under("/") if u.parent is None and u.id != body.id)
    other_group = school_queries.groups(school=world.other_school)[0].id
    here = Site(
        Place.HERE, units[world.school], body, world.group, ("pupil", "third", "fourth"), "guardian", "teacher",
        "teacher", "administrator", "2025/2026 VT", "terminsbetyg", "betygskatalog", "rectification",
    )  # fmt: skip
    sibling = Site(
        Place.SIBLING, units[world.other_school], body, other_group, ("other_pupil",), "other_guardian",
        "other_principal", "principal", "other_administrator", "2025/2026 VT", "terminsbetyg", "", "rectification",
    )  # fmt: skip
    foreign = Site(
        Place.FOREIGN, units[world.vn_school], vn_body, world.vn_group, ("vn_pupil", "vn_second"), "vn_guardian",
        "vn_teacher", "class_teacher", "vn_principal", "2025/2026 HK2", "hoc_ba_year", "", "rectification",
    )  # fmt: skip
    return [here, sibling, foreign]


def _fill(things: Things, site: Site) -> None:
    """One of everything at a place."""
    world, by, path = things.world, operator(), site.unit.path
    person, pupil = world.persons, world.persons[site.pupils[0]]
    office = Actor(person[site.office], "simulated", (Grant("administrator", path, ("*",)),))
    family = Actor(person[site.guardian], "simulated", (Grant("guardian", "/", ("*",), wards=frozenset({pupil})),))
    ceremony = _ceremony(world, site)
    worlds.issue(world, site.unit.id, [site.issued], site.term.rpartition(" ")[2])
    now = clock.now()
    issued = next(
        r.id
        for r in record_queries.records(by=by, path=path, state=State.PUBLISHED)
        if r.subject == pupil and r.document_type.endswith(site.issued)
    )
    shared = records.share(by=family, record=issued, days=7, now=now)
    tried = _import(world, site, office)
    made = making.request(
        by=office, school=site.unit.id, school_year="2025/2026", term=site.term.rpartition(" ")[2],
        documents=[site.issued], groups=[site.group], pupils=[pupil], issued_on=worlds.ISSUED_ON, now=now,
    )  # fmt: skip
    standing = results.standing(by=by, path=path, unit=site.unit.id, school_year="2025/2026", pupils=[pupil])[pupil]
    post = next(p for p in school_queries.posts_at(unit=site.unit.id, on=now.date()) if p.role is Role.PRINCIPAL)
    guardians = people_queries.guardians(by=by, children=[pupil], on=now.date())[pupil]
    texts = {"en": NewsText("News", "Text")}
    login = accounts.sign_in(by=STRANGER, person=person[site.office], method="simulated", level=Level.HIGH, now=now)
    things.arguments[site.place] = {
        "record": issued,
        "group": site.group,
        "work": made,
        "import": tried,
        "table": _table(office),
        "export": _export(site, office),
        "pupil": pupil,
        "decision": next(row.id for row in standing if row.facts.kind in {"grade", "level"}),
        "way": site.way,
        "client": accounts.add_client(
            by=by, name="A program", path=site.body.path, scopes=[GRADES], now=now
        ).id,
        "seal": sealing.seals(by=by, organisation=site.body.id)[0].id,
        "post": post.id,
        "ceremony": ceremony,
        "own_ceremony": _own_ceremony(world, site),
        "share": shared.share,
        "token": shared.token,
        "login": login,
        "guardianship": guardians[0].id,
        "news": board.publish_news(by=by, path=site.body.path, audience=Audience.STAFF, texts=texts, now=now),
        "enquiry": board.send_enquiry(
            by=STRANGER, kind=Kind.CONTACT, path=site.body.path, name="", email="a@example.org", text="How is it?",
            locale="en", now=now,
        ),
        "event": board.plan_event(by=by, event=_event(site), now=now),
        "leave": _leave(family, pupil),
        "organisation": site.body.id,
        "code": record_queries.by_ids(by=by, records=[issued])[0].code,
        "log": next(log.code for log in logs.logs() if log.organisation == site.body.id),
    }  # fmt: skip
    things.arguments[site.place] |= _column(site) | _lesson(site)
    things.arguments[site.place] |= _support(site, family, pupil)
    things.arguments[site.place] |= _kept(site, family, pupil)
    things.arguments[site.place] |= rolled_out(site.body.id, sibling=site.place is Place.SIBLING)
    things.arguments[site.place] |= _looked_up(world, site, office, issued)
    new = NewPhrase(PhraseCircle.SCHOOL, "t1", "A phrase.")
    things.arguments[site.place]["wording"] = diary.keep_phrase(by=by, phrase=new, unit=site.unit.id, now=now)
    things.arguments[site.place] |= _menu(site) | {"teacher": person[site.signer]}
    things.arguments[site.place] |= asked(site.group, site.unit.id, site.unit.path, pupil, family)
    things.arguments[site.place] |= learnt(site.group, site.unit.id, pupil, family)
    things.arguments[site.place] |= tended(site.group, site.unit.id, pupil, family)
    things.arguments[site.place] |= supervised(site.body, site.unit)
    things.arguments[site.place] |= delivered(site.body, site.unit, site.group, pupil, issued)
    things.arguments[site.place]["registration"] = _registration(site, pupil)
    things.arguments[site.place] |= _messages(world, site, family, pupil)
    things.arguments[site.place] |= _notes(site, pupil) | _time(world, site, family, pupil, things)
    things.forms[site.place] = {
        "school": str(site.unit.id), "term": site.term, "document": site.issued, "kind": "passed_through.x",
        "records": [str(issued)], "pupils": [str(pupil)], "person": str(person[site.signer]),
        "teacher": str(person[site.signer]), "group": str(site.group),
        "number": world.numbers[site.pupils[0]], "ends": "2026-06-30", "days": "7", "pin": "000000",
        "child": str(pupil), "key": str(UUID(int=77)),
        **{name: str(things.arguments[site.place][name]) for name in ("closing", "caution", "presence")},
        "item": f"tool:{things.arguments[site.place]['placement']}", "text": "Something",
    }  # fmt: skip
    things.secret[site.place] = tuple(text for name in site.pupils for text in (world.numbers[name], world.names[name]))


def _kept(site: Site, family: Actor, pupil: UUID) -> dict[str, object]:
    """An extract that the guardian asked for, a request for correction, a list of deletion."""
    now = clock.now()
    extract = keeping.ask_extract(by=family, person=pupil, now=now)
    keeping_steps.make_extract(extract=extract, now=now)
    wish = keeping.ask_correction(by=family, person=pupil, topic=Topic.PERSON, text="Wrong", now=now)
    deletion = DeletionList.objects.create(  # nothing here is old enough for the verb
        unit_id=site.unit.id, path=site.unit.path, category="attendance", before=worlds.SINCE, source="", count=0,
        digest="0" * 64, proposed_by=operator().id, proposed_at=now,
    )  # fmt: skip
    return {"extract": extract, "correction": wish, "deletion": deletion.id}


def _looked_up(world: World, site: Site, office: Actor, issued: UUID) -> dict[str, object]:
    """A look-up that the office has opened, a copy of the document, a transfer away from the school."""
    now, name = clock.now(), site.pupils[0]
    born = people_queries.people(by=operator(), ids=[world.persons[name]])[world.persons[name]].birth_date
    lookup = custody.look_up(
        by=office, path=site.unit.path, number=world.numbers[name], birth_date=born, purpose=Purpose.COPY,
        text="The family asked for a copy", now=now,
    )  # fmt: skip
    copy = custody.issue_copy(
        by=office, lookup=lookup, record=issued, kind=CopyKind.COPY, asked_by=AskedBy.GUARDIAN,
        purpose="For the new school", now=now,
    )  # fmt: skip
    new = NewUnit(UnitKind.SCHOOL, f"T{site.place.value[:6]}", "A school that takes", site.body.id, pack=site.unit.pack)
    elsewhere = schools.add_units(by=operator(), units=[new], now=now)[0]  # nobody works there
    transfer = custody.ask_transfer(
        by=operator(), receiver=elsewhere, number=world.numbers[name], birth_date=born,
        reason="The family moves to another town", now=now,
    )  # fmt: skip
    return {"lookup": lookup, "copy": copy, "move": transfer}


def _column(site: Site) -> dict[str, object]:
    """A subject of the class and a column of its marks."""
    subject, now, on = "TV" if site.place is Place.FOREIGN else "MA", clock.now(), date(2026, 5, 4)
    kind = next(one for one in kinds_for(room(group=site.group, on=on), subject, on) if not one.closes)
    task = diary.add_task(by=operator(), group=site.group, subject=subject, kind=kind.code, on=on, now=now)
    return {"subject": subject, "task": task}


def _menu(site: Site) -> dict[str, object]:
    """A menu of the school with a dish, and the year and term that its body keeps."""
    by, now = operator(), clock.now()
    menu = board.add_menu(by=by, unit=site.unit.id, name="Lunch", now=now)
    board.write_days(by=by, menu=menu, days={now.date(): [Dish({"": "Soup"})]}, now=now)
    found = board_queries.menu(id=menu)
    assert found is not None
    years = school_queries.school_years(site.body.id)
    year = years[-1]
    return {
        "menu": menu, "menu_code": found.code, "unit": site.unit.id, "year": year.id, "term": year.terms[-1].id,
    }  # fmt: skip


def _messages(world: World, site: Site, family: Actor, pupil: UUID) -> dict[str, object]:
    """A conversation of who leads the school (or the class teacher) with a child's guardians, an absence, news."""
    now, name = clock.now(), {Place.HERE: "principal", Place.SIBLING: "other_principal"}.get(site.place, site.signer)
    role = "class_teacher" if site.place is Place.FOREIGN else "principal"
    writer = Actor(world.persons[name], "simulated", (Grant(role, site.unit.path, ("*",)),))
    told = NewConversation(
        site.unit.id, Conversing.CHILD, "Message", "Text", "en", group=site.group, child=pupil
    )  # fmt: skip
    taken = message_files.take([("letter.pdf", b"%PDF-1.7 letter")])
    conversation = conversations.start(by=writer, new=told, files=taken, now=now)
    view = conversation_queries.conversation(by=writer, id=conversation, now=now)
    conversations.answer(by=family, conversation=conversation, text="Answer", language="en", now=now)
    return {
        "conversation": conversation,
        "letter": view.posts[0].id,
        "attached": view.posts[0].files[0].id,
        "away": conversations.say_away(
            by=writer, unit=site.unit.id, first=now.date(), last=now.date() + timedelta(days=1), now=now
        ),
        "class_news": board.tell_news(
            by=writer, unit=site.unit.id, group=site.group, texts={"en": NewsText("News", "Text")}, now=now
        ),
    }


def _event(site: Site) -> NewEvent:
    """A meeting of the class, days after the roles are played."""
    starts = clock.now() + timedelta(days=5)
    return NewEvent(site.unit.id, EventKind.MEETING, "Meeting", starts, starts + timedelta(hours=1), group=site.group)


def _notes(site: Site, pupil: UUID) -> dict[str, object]:
    """A remark and a health note about a pupil."""
    by, on, now = operator(), worlds.ISSUED_ON, clock.now()
    remark = diary.write_remark(
        by=by, group=site.group, pupils=[pupil], kind="praise", text="Well done", on=on, now=now
    )[0]  # fmt: skip
    note = diary.note_health(
        by=by, group=site.group, pupil=pupil, kind=HealthKind.OTHER, text="Glasses", circle=Circle.TEACHERS, starts=on,
        now=now, on=on,
    )  # fmt: skip
    return {"remark": remark, "note": note}


def _time(world: World, site: Site, family: Actor, pupil: UUID, things: Things) -> dict[str, object]:
    """A time at the meeting, booked by the family."""
    event = things.arguments[site.place]["event"]
    assert isinstance(event, UUID)
    found = board_queries.event(event)
    assert found is not None
    starts = found.starts_at
    offer = Offer(world.persons[site.signer], starts, starts + timedelta(minutes=15), 15)
    time = board.offer_times(by=operator(), event=event, offers=[offer], now=clock.now())[0]
    board.book_time(by=family, time=time, child=pupil, now=clock.now())
    return {"time": time}


def _leave(family: Actor, pupil: UUID) -> UUID:
    """A request for leave that waits for the school."""
    day = clock.now().date() + timedelta(days=1)
    schooling = diary_pages.schoolings(by=family, pupils=[pupil], on=day)[pupil]
    assert schooling.pack is not None
    ground = next(one.code for one in schooling.pack.diary.grounds if "guardian" in one.by)
    new = NewLeave(pupil, LeaveKind.LEAVE, ground, day, day)
    return diary.ask_leave(by=family, leave=new, now=clock.now())


def _support(site: Site, family: Actor, pupil: UUID) -> dict[str, object]:
    """A question, a contact, a protected person, and the class in a learning tool."""
    by, now = operator(), clock.now()
    question = support.ask(by=family, question=NewQuestion(site.unit.id, "Where", "is it?", pupil), now=now)
    contact = support.enter_contact(by=by, unit=site.unit.id, contact=NewContact("Office", phone="1"), now=now)
    new = NewPerson("Hidden", f"At {site.place}", protection=Protection.CONFIDENTIALITY_MARK)
    sheltered = people.register_persons(by=by, path=site.unit.path, persons=[new], now=now)[0]
    new_tool = NewTool("Tool", "https://tool.example/in", "https://tool.example/", ("https://tool.example/back",))
    tool = support.add_tool(by=by, path=site.body.path, tool=new_tool, now=now)
    placement = support.place_tool(by=by, tool=tool, group=site.group, label="", families=True, now=now)
    return {
        "question": question, "contact": contact, "sheltered": sheltered, "placement": placement,
        "unit": site.unit.id,
    }  # fmt: skip


def _lesson(site: Site) -> dict[str, object]:
    """A lesson of the class beside the timetable."""
    subject, on = "TV" if site.place is Place.FOREIGN else "SV", worlds.ISSUED_ON
    new = NewLesson(site.group, subject, on, time(9), time(9, 45))
    key = diary.add_lesson(by=operator(), lesson=new, now=clock.now())
    return {"lesson": key.id, "on": on.isoformat()}


def _registration(site: Site, pupil: UUID) -> UUID:
    """Somebody texted the pupil's code."""
    now = clock.now()
    code = people.issue_pupil_codes(by=operator(), persons=[pupil], now=now)[pupil]
    number = f"+35988877665{list(Place).index(site.place)}"
    return notices.open_registration(by=STRANGER, code=code, contact=number, route=Route.SMS, now=now)


def _ceremony(world: World, site: Site) -> UUID:
    """A ceremony of the first signer; at the first school one that is not over, elsewhere one that was cancelled."""
    from testamur.trust.records import steps
    from testamur.trust.signing import actions as signing

    by, now, term = operator(), clock.now(), site.term.rpartition(" ")[2]
    new = planned(world, site.unit.id, [site.signed or site.issued], term)
    person = world.persons[site.signer]
    ready = make_ready([one for one in new if one.signers[0].person == person][:1])
    me = people_queries.person(by=by, id=person)
    assert me is not None
    assert me.identifier is not None
    signs = Actor(person, "simulated", (Grant("signer", site.unit.path, ("*",)),))
    ceremony = records.start_ceremony(
        by=signs, path=site.unit.path, organisation=site.body.id, organisation_name=site.body.name,
        signer=SignerIdentity(person, me.name, me.identifier.scheme.value, me.identifier.value), role=site.role,
        method="simulated", records=ready, locale="sv", now=now,
    )  # fmt: skip
    if not site.signed:
        signing.cancel(by=signs, ceremony=ceremony, now=now)
        steps.settle_one(by=signs, ceremony=ceremony, now=now)
    return ceremony


def _own_ceremony(world: World, site: Site) -> UUID:
    """A ceremony of the first signer with a certificate of one's own, which is not chosen yet."""
    from testamur.trust.signing import actions as signing
    from testamur.trust.signing.rules import DocumentToSign

    person = world.persons[site.signer]
    me = people_queries.person(by=operator(), id=person)
    assert me is not None
    assert me.identifier is not None
    return signing.start(
        by=Actor(person, "simulated", (Grant("signer", site.unit.path, ("*",)),)), organisation=site.body.id,
        path=site.unit.path, role=site.role, method="certificate", locale="sv", now=clock.now(),
        signer=SignerIdentity(person, me.name, me.identifier.scheme.value, me.identifier.value),
        documents=[DocumentToSign(UUID(int=77), "0" * 64, 1, "A document")],
    )  # fmt: skip


def _table(office: Actor) -> str:
    """A table of another diary that was sent and waits for its columns to be named."""
    data = b"name,subject,date,value\nNobody,MA,2026-03-02,A\n"
    sent = [uploads.Incoming("marks.csv", len(data), [data])]
    return uploads.keep(person=office.id, files=sent, now=clock.now()).token


def _export(site: Site, office: Actor) -> UUID:
    """An export that was asked for and is not made yet."""
    return exporting.request(by=office, school=site.unit, hat="administrator", now=clock.now())


def _import(world: World, site: Site, office: Actor) -> UUID:
    """A trial of an import that was asked for and has its list of defects."""
    upload = uploads.keep(
        person=office.id,
        files=[uploads.Incoming("persons.csv", 24, [b"given_name,family_name\n"])],
        now=clock.now(),
    )
    work = connectors.request(
        by=office, upload=upload, home=site.unit, body=site.body, hat=f"administrator@{site.unit.path}", options={},
        dry_run=True, now=clock.now(),
    )  # fmt: skip
    connectors.report_of(work).write_text(f"persons.csv,1,{world.names[site.pupils[0]]}\n", encoding="utf-8")
    return work
