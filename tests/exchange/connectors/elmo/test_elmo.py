"""The file that a student takes to another university."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from lxml import etree

from testamur.exchange.connectors.completed import NothingCompleted
from testamur.exchange.connectors.elmo import making as elmo
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.trust.records.originals import read_original
from tests.exchange.connectors.completing import complete, student
from tests.exchange.connectors.elmo.schema import elmo_schema
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import log_in

pytestmark = pytest.mark.django_db(transaction=True)
NS = {"e": "https://github.com/emrex-eu/elmo-schemas/tree/v1"}


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(one.text) for one in root.iterfind(path, NS)]


def test_a_completed_course_is_told_as_the_schema_wants_it_with_the_sealed_certificate_inside(
    desk: Desk, samples: Path
):
    u, me = desk.u, desk.u.persons["graded"]
    _decision, record = complete(desk)
    made = elmo.of(by=student(u, me), person=me, now=u.now + timedelta(days=1))
    root = etree.fromstring(made)
    elmo_schema(samples).assertValid(root)
    course = root.find("e:report/e:learningOpportunitySpecification", NS)
    assert course is not None
    assert texts(course, "e:title") == ["Databasteknik", "Database Technology"]
    instance = course.find("e:specifies/e:learningOpportunityInstance", NS)
    assert instance is not None
    assert texts(instance, "e:resultLabel") == ["C"]
    assert texts(instance, "e:credit/*") == ["ects", format(u.courses["DV1574"].credits, "f")]
    parts = course.findall("e:hasPart/e:learningOpportunitySpecification", NS)
    assert [texts(part, "e:identifier") for part in parts] == [["DV1574/1405", "1405"], ["DV1574/1415", "1415"]]
    assert {text for part in parts for text in texts(part, ".//e:credit/e:scheme")} == {"hp"}  # ECTS stand once
    original = read_original(record, now=u.now + timedelta(days=1))
    inside = texts(root, "e:report/e:attachment/e:content")
    assert [b64decode(one.removeprefix("data:application/pdf;base64,")) for one in inside] == [original.pdf]
    assert texts(instance, "e:attachments/e:ref") == texts(root, "e:report/e:attachment/e:identifier")
    assert Entry.objects.filter(kind="records.fetched/1", actor=me).count() == 1

    with time_machine.travel(u.now + timedelta(days=1)):
        browser = log_in(u, "graded", hat="self")
        answer = browser.get("/family/results/elmo.xml")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="elmo-2026-12-01.xml"'
        elmo_schema(samples).assertValid(etree.fromstring(answer.content))
        for form, kind in (("json", "application/ld+json"), ("jwt", "application/jwt")):
            badge = browser.get(f"/family/results/{record}/badge.{form}")
            assert (badge.status_code, badge.headers["Content-Type"]) == (200, kind)


def test_who_completed_nothing_has_no_file_and_nobody_has_that_of_another(desk: Desk):
    u, other = desk.u, desk.u.students[1]
    with pytest.raises(NothingCompleted):
        elmo.of(by=student(u, other), person=other, now=u.now)
    with pytest.raises(NotAllowed):
        elmo.of(by=student(u, other), person=u.persons["ready"], now=u.now)
    with pytest.raises(NotAllowed):
        elmo.of(by=u.actor("teacher"), person=u.persons["ready"], now=u.now)
