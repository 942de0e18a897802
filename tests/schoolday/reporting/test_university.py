"""The invented university holds what the other tests count on."""

from __future__ import annotations

from datetime import date, datetime

from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Standing, standing
from testamur.schoolday.results import queries as results
from tests.schoolday.reporting.university import EXAM, ORDINARY, University


def test_every_kind_of_standing_is_there(university: University):
    u = university
    held = studies.registrations(course=u.course("DV1574"))
    found = {name: standing(held.get(u.persons[name], ()), EXAM) for name in ("unregistered", "late", "interrupted")}
    assert found == {
        "unregistered": Standing.NEVER,
        "late": Standing.LATER,
        "interrupted": Standing.INTERRUPTED,
    }
    assert standing(held[u.persons["withdrawn"]], EXAM) is Standing.NEVER
    assert all(standing(held[one], EXAM) is Standing.REGISTERED for one in u.students)
    assert len(studies.registered(occasion=u.occasions["DV1574"])) == ORDINARY + 5
    assert len(studies.signups(exam=u.exams["DV1574"])) == ORDINARY + 6


def test_the_staff_hold_their_posts_and_may_do_what_these_allow(university: University, now: datetime):
    u = university
    examiners = schools.holders(role=Role.EXAMINER, unit=u.units["data"], on=now.date())
    assert {(post.person, post.subject) for post in examiners} >= {(u.persons["examiner"], "DV1574")}
    for name, verb, may in (
        ("teacher", "reporting.list.write", True),
        ("teacher", "reporting.list.sign", False),
        ("examiner", "reporting.list.sign", True),
        ("administrator", "reporting.list.enter", False),
        ("registrar", "reporting.log.read", True),
        ("rector", "reporting.rule.propose", True),
    ):
        assert u.actor(name).may(verb, u.data if name != "rector" else u.path) is may, (name, verb)
    assert u.actor("administrator", admin_mode=True).may("reporting.list.enter", u.data)
    assert not u.actor("economy_teacher").may("reporting.list.write", u.data)
    assert u.actor("teacher").may("studies.study.see", u.path)
    points = people.contacts(by=u.by, persons=[u.persons["examiner"]])[u.persons["examiner"]]
    assert {(one.kind, one.label, one.sms) for one in points} == {
        (ContactKind.EMAIL, "work", False),
        (ContactKind.PHONE, "work", True),
    }


def test_results_of_the_past_stand_as_decisions_on_their_scale(university: University):
    u = university
    student, found = u.persons["graded"], set()
    for year in ("2025/2026", "2026/2027"):
        rows = results.standing(by=u.by, path=u.data, unit=u.units["data"], school_year=year, pupils=[student])
        facts = [row.facts for row in rows.get(student, ())]
        found |= {(one.code, one.value, one.scale, one.occasion) for one in facts}
    assert found == {("DV1574/1405", "C", "AF", "2026-06-03"), ("DV1574/1415", "G", "UG", "2026-10-09")}
    assert u.courses["DV9999"].discontinued(date(2026, 11, 30))
    assert u.courses["PA2534"].modules[0].titled
