"""Every address of the result lists, every role of a university, two departments: only the table's own come in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, reverse

from testamur.kernel.base import clock
from testamur.register.people import queries as people
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.views import Entry
from testamur.surfaces.web.results import addresses_lists
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University
from tests.security.allowed_university import ALLOWED, OUTSIDERS, ROLES, SEES_PROTECTED, SENT, Where
from tests.security.test_matrix import FIELDS, MARKUP, NASTY, WRITES, addresses, came_in, text_of
from tests.surfaces.web.results.conftest import grade, log_in, module_list, send

pytestmark = pytest.mark.django_db
READS_WRITE = frozenset({"records_sight", "django_session", "kernel_journal_entry", "journal_entry"})
"""What a page that is looked at may write: that a protected person was seen."""


class Things:
    """The university with a draft and a sent list at each department."""

    def __init__(self) -> None:
        """Everything."""
        self.u: University = universities.build(TODAY)
        self.draft: dict[Where, UUID] = {}
        self.sent: dict[Where, UUID] = {}
        exam, economy = self.u.exams["DV1574"], self.u.occasions["IY1430"]
        self.draft[Where.HERE] = module_list(self.u, exam=exam)
        self.sent[Where.HERE] = module_list(self.u, exam=exam)
        grade(self.u, self.sent[Where.HERE])
        send(self.u, self.sent[Where.HERE])
        for some in (self.draft, self.sent):
            some[Where.THERE] = module_list(self.u, "economy_teacher", course="IY1430", module="3003", occasion=economy)
        _fill(self.u, self.sent[Where.THERE])
        send(self.u, self.sent[Where.THERE], "economy_examiner", "economy_teacher")
        seen = people.people(by=self.u.by, ids=self.u.students)
        self.secret = tuple(one.identifier.value for one in seen.values() if one.identifier)
        self.hidden = (self.u.names["protected"], self.u.numbers["protected"])

    def list_of(self, name: str, where: Where) -> UUID:
        """What an address is played with."""
        return (self.sent if name in SENT else self.draft)[where]


def _fill(u: University, made: UUID) -> None:
    """The two students who lack the last module get it."""
    by, now = u.actor("economy_teacher"), clock.now()
    for student in u.students[8:10]:
        actions.add_student(by=by, list=made, person=student, now=now)
    found = lists.view(by=by, list=made, now=now)
    entries = [Entry(row.id, "C", "2026-11-13") for row in found.rows if row.person in u.students[8:10]]
    actions.save_rows(by=by, list=made, entries=entries, revision=found.head.revision, now=now)


@pytest.fixture
def things(db: None) -> Iterator[Things]:
    """On the day of the university."""
    with time_machine.travel(TODAY, tick=True):
        yield Things()


def own() -> list[tuple[str, URLPattern]]:
    """The addresses of the lists themselves; those of the office have a table of their own."""
    names = {f"results:{one.name}" for one in addresses_lists.urlpatterns}
    return [(name, one) for name, one in addresses() if name in names]


def address_of(things: Things, name: str, one: URLPattern, where: Where) -> str:
    known = {"result_list": things.list_of(name, where)}
    return reverse(name, kwargs={key: known[key] for key in one.pattern.converters})


def undone(ask: Callable[[], HttpResponseBase]) -> tuple[HttpResponseBase, set[str]]:
    """The answer, and the tables that were written to; nothing of it stays."""
    written: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(sql)
        if found:
            written.add(found[1])
        return execute(sql, params, many, context)

    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # verbs that must be outermost are, but for the test
    with connection.execute_wrapper(note), block:
        answer = ask()
        transaction.set_rollback(True)
    return answer, written


def test_every_address_of_the_lists_is_in_the_table_and_behind_a_door() -> None:
    assert {name for name, _one in own()} == {name.removeprefix("POST ") for name in ALLOWED}
    assert [name for name, one in own() if not hasattr(one.callback, "door")] == []


@pytest.mark.feature("C16", "C19")
def test_everybody_is_where_the_table_says(things: Things) -> None:
    faults: list[str] = []
    entered: set[str] = set()
    form = {
        "number": "1", "person": str(things.u.persons["colleague"]), "examiner": str(things.u.persons["examiner"]),
        "text": "A remark.", "why": "Look again.", "revision": "1", "method": "simulated", "way": "person",
        "course": str(things.u.course("DV1574")), "part": "course", "unit": str(things.u.units["data"]), "q": "a",
    }  # fmt: skip
    for role, hat in ROLES.items():
        browser = log_in(things.u, role, hat=hat) if role != "anonymous" else Client()
        browser.raise_request_exception = False
        for name, one in own():
            for where in Where:
                address = address_of(things, name, one, where)
                for method, ask in (("GET", browser.get), ("POST", browser.post)):
                    answer, written = undone(lambda ask=ask, address=address: ask(address, form))  # type: ignore[misc]
                    may = role in ALLOWED.get(f"{method} {name}", ALLOWED[name])[where]
                    told = f"{role}: {method} {name} ({where}): {answer.status_code}"
                    inside = came_in(answer)
                    if inside:
                        entered.add(name)
                    faults += [f"{told} came in"] * (inside and not may)
                    faults += [f"{told} was turned away"] * (may and answer.status_code in {403, 404})
                    faults += [f"{told} failed"] * (answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR)
                    if method == "GET" and written - READS_WRITE:
                        faults.append(f"{told} wrote {sorted(written - READS_WRITE)}")
                    body = text_of(answer)
                    secret = (
                        *(() if role in SEES_PROTECTED else things.hidden),
                        *(things.secret if role in OUTSIDERS else ()),
                    )
                    faults += [f"{told} shows {text!r}" for text in secret if text in body]
    assert not faults, "\n".join(faults)
    assert entered == {name.removeprefix("POST ") for name, who in ALLOWED.items() if any(who.values())}


def test_nothing_that_is_sent_makes_a_page_fail_or_comes_back_as_a_program(things: Things) -> None:
    """NUL, numbers that no computer holds, very long texts, markup: to every address by somebody who may use it."""
    fields = {*FIELDS, "about", "course", "examiner", "item", "occasion", "part", "revision", "room", "same",
              "same_date", "since", "thresholds", "unit", "way", "exam", "v.0", "d.0", "p.0", "l.0", "r.0"}  # fmt: skip
    browser, faults = log_in(things.u, "examiner"), []
    browser.raise_request_exception = False
    for name, one in own():
        address = address_of(things, name, one, Where.HERE)
        for what, sent in NASTY.items():
            form = dict.fromkeys(fields, sent)
            if name == "results:new":
                form["course"] = str(things.u.course("PA2534")) if what == "markup" else sent
            asks: list[Callable[[], HttpResponseBase]] = [
                lambda form=form, address=address: browser.get(address, form),  # type: ignore[misc]
                lambda form=form, address=address: browser.post(address, form),  # type: ignore[misc]
                lambda sent=sent, address=address: browser.post(  # type: ignore[misc]
                    address,
                    json.dumps({"entries": [{"row": str(UUID(int=1)), "revision": 0, "value": sent}], "since": 0}),
                    content_type="application/json",
                ),
            ]
            for ask in asks:
                answer, _written = undone(ask)
                told = f"{name} with {what}: {answer.status_code}"
                if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    faults.append(f"{told} failed: {getattr(answer, 'exc_info', ('', ''))[1]!r}")
                if MARKUP in text_of(answer):
                    faults.append(f"{told} comes back as it was sent")
    assert not faults, "\n".join(faults)
