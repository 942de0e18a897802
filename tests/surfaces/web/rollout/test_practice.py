"""The practice installation: begun again at will, marked on every page, and worth nothing to a real one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.jobs import running
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.schools import actions as schools_actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitUpdate
from testamur.schoolday.rollout import tasks
from testamur.schoolday.rollout.actions import beginning
from testamur.surfaces.cli import demo_build, issuing, practice_school, trial
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.records import queries as records
from testamur.trust.sealing.rules import Algorithm

MARK = "BẢN THỰC HÀNH"


@pytest.fixture
def practising(db: None) -> Iterator[None]:
    """A practice installation with its first school."""
    with override_settings(PRACTICE=True, MODE="demo"):
        practice_school.build(operator(), data=Path(settings.DATA), public_url=settings.PUBLIC_URL, now=clock.now())
        yield


def waiting() -> list[Any]:
    """Fresh schools that the background work has been asked for."""
    return [one for one in DBTaskResult.objects.all() if one.task_path == tasks.make_school.module_path]


@pytest.mark.feature("D4")
def test_whoever_begins_again_gets_a_fresh_school_and_may_be_anybody_there(practising: None) -> None:
    browser = Client()
    address = reverse("rollout:practice")
    before = browser.get(address)
    assert "Trường Tiểu học Thực Hành 1" in before.content.decode()
    assert "PRACTICE" in before.content.decode()
    made = {"beginning": str(before.context["fresh"])}
    wait = browser.post(address, made, follow=True)
    assert "Your school is being made" in wait.content.decode()
    assert wait.headers["Refresh"], "it looks again without JavaScript"
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == 1, "nothing is made inside the request"
    tasks.make_school.call(made["beginning"])
    answer = browser.get(wait.request["PATH_INFO"], {"beginning": made["beginning"]}, follow=True)
    assert "at Trường Tiểu học Thực Hành 2" in answer.content.decode()
    principal = next(one for _place, some in answer.context["places"] for one, _role in some if one.role == "principal")
    inside = browser.post(reverse("account:demo"), {"person": str(principal.person)}, follow=True)
    assert inside.context["visitor"].hat.role == "principal"
    assert reverse("rollout:practice") in inside.content.decode(), "the banner leads back to the beginning"


@pytest.mark.feature("D4")
def test_a_form_that_is_sent_twice_makes_one_school(practising: None) -> None:
    made = {"beginning": str(new_id())}
    for browser in (Client(), Client()):
        browser.post(reverse("rollout:practice"), made)
    assert len(waiting()) == 1
    first = tasks.make_school.call(made["beginning"])
    assert tasks.make_school.call(made["beginning"]) == first, "a second run makes no second school"
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == 2


@pytest.mark.feature("D4")
def test_a_worker_that_dies_leaves_no_half_school_and_the_next_makes_it(
    practising: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"beginning": str(new_id())}
    Client().post(reverse("rollout:practice"), made)
    monkeypatch.setattr(practice_school, "record_decisions", _dies)
    monkeypatch.setattr(running, "last_try", lambda: False)
    with pytest.raises(OSError, match="no space"):
        tasks.make_school.call(made["beginning"])
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == 1
    assert "being made" in Client().get(reverse("rollout:practice"), made).content.decode(), "it goes on waiting"
    monkeypatch.undo()
    with override_settings(PRACTICE=True):
        tasks.make_school.call(made["beginning"])
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == 2


def test_a_school_that_cannot_be_made_is_told_and_waited_for_no_longer(
    practising: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"beginning": str(new_id())}
    Client().post(reverse("rollout:practice"), made)
    monkeypatch.setattr(practice_school, "record_decisions", _dies)
    with pytest.raises(OSError, match="no space"):
        tasks.make_school.call(made["beginning"])
    assert "could not be made" in Client().get(reverse("rollout:practice"), made, follow=True).content.decode()


def test_a_crowd_is_told_to_take_the_schools_that_are_there(practising: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "WAITING", 1)
    Client().post(reverse("rollout:practice"), {"beginning": str(new_id())})
    answer = Client().post(reverse("rollout:practice"), {"beginning": "no id"}, follow=True)
    assert "too many practice schools" in answer.content.decode()
    assert len(waiting()) == 1


def _dies(**_told: object) -> None:
    raise OSError("no space")


def test_a_real_installation_has_no_such_page(db: None) -> None:
    assert Client().get(reverse("rollout:practice")).status_code == 404
    assert Client().post(reverse("rollout:practice")).status_code == 404
    with pytest.raises(NotFound):
        tasks.ask_afresh(by=operator(), id=new_id(), now=clock.now())


@pytest.mark.feature("D4", "D12")
def test_what_is_practised_says_so_on_every_page_and_no_real_trust_file_knows_it(
    practising: None, tmp_path: Path
) -> None:
    (school,) = schools.units_under("/", kind=UnitKind.SCHOOL)
    year = schools.school_years(schools.units_above(school.path)[0].id)[0]
    plan = issuing.plan(operator(), school.id, year.code, "HK2", ["hoc_ba_year"], year.ends)
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    some = plan.records[:1]
    issuing.run(operator(), some, how, lambda _what, _count: lambda _n: None, word=True)
    (file,) = issuing.write_copies(operator(), [some[0].record], tmp_path / "copies")
    text = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True).stdout.decode()
    pages = text.rstrip("\f").split("\f")
    assert pages
    assert all("".join(page.split()).startswith(MARK.replace(" ", "")) for page in pages), "the mark lies under it all"
    write_trust(tmp_path / "practice.json")
    own = verify_file(file.read_bytes(), parse_trust((tmp_path / "practice.json").read_bytes()), file.name)
    assert own.word == "valid"
    assert own.practice, "every verifier tells it from a real one"
    assert "không có giá trị" in " ".join(pages[0].split()), "and so does the box on the document"
    (view,) = records.by_ids(by=operator(), records=[some[0].record])
    code = Client().get(reverse("public:code", args=[view.code])).content.decode()
    assert "Practice – not valid" in code
    assert "issued here and holds" not in code
    real = _real_trust(tmp_path)
    assert verify_file(file.read_bytes(), parse_trust(real.read_bytes()), file.name).word != "valid"


@pytest.mark.feature("D4")
def test_the_mark_stays_when_somebody_renames_the_body(practising: None) -> None:
    (school,) = schools.units_under("/", kind=UnitKind.SCHOOL)
    body, *_ = schools.units_above(school.path)
    schools_actions.update_units(by=operator(), updates=[UnitUpdate(body.id, name="Tỉnh Thật")], now=clock.now())
    plan = issuing.plan(
        operator(), school.id, schools.school_years(body.id)[0].code, "HK2", ["hoc_ba_year"], clock.now().date()
    )
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    issuing.run(operator(), plan.records[:1], how, lambda _what, _count: lambda _n: None, word=True)
    frozen = records.frozen(records=[plan.records[0].record])[plan.records[0].record]
    assert frozen["issuer"]["name"] == f"Tỉnh Thật ({MARK})"
    assert frozen["test"] is True


def _real_trust(folder: Path) -> Path:
    """The trust file of another installation, in a data folder of its own."""
    former, settings.DATA = settings.DATA, folder / "real"
    Path(settings.DATA).mkdir()
    try:
        land = demo_build._land(operator(), "vn", clock.now())
        body = schools.units([land.authority])[land.authority]
        trial.equip(
            operator(), body, data=Path(settings.DATA), public_url=settings.PUBLIC_URL, now=clock.now(),
            algorithm=Algorithm.P256,
        )  # fmt: skip
        write_trust(folder / "real.json")
    finally:
        settings.DATA = former
    return folder / "real.json"
