"""`testamur retention`: the plan and lists at the console, with bad input; the console cannot do both steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from typer.testing import CliRunner, Result

from testamur.kernel.base import clock
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.diary.models import Remark
from testamur.schoolday.keeping import actions, steps
from testamur.schoolday.keeping.models import DeletionList
from testamur.schoolday.keeping.rules import (
    ListChanged,
    ListStands,
    NoDeletion,
    NothingToDelete,
    SamePerson,
    WrongState,
)
from testamur.surfaces.cli.retention import app
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, School, build
from tests.schoolday.keeping.shelves import OLD
from tests.schoolday.keeping.test_lists import archivist

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("A20")]
CODE = "98765000"


@pytest.fixture(autouse=True)
def _in_march(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The Wednesday of the class, in a process that has started already."""
    monkeypatch.setattr("testamur.surfaces.cli.runtime.start", lambda: None)
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def school() -> School:
    """A Bulgarian class with three old remarks."""
    made = build("bg.school", now=clock.now())
    for n in range(3):
        pages.remark(made, made.pupils[0], f"Забележка {n}", at=OLD, on=OLD.date())
    return made


def run(*words: str) -> Result:
    """The command; what it raises is raised."""
    return CliRunner().invoke(app, words, catch_exceptions=False)


def told(*words: str) -> dict[str, Any]:
    """What it prints as JSON."""
    done = run(*words, "--json")
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refused(error: type[Refused | NotFound], *words: str) -> None:
    """The command refuses and changes nothing."""
    before = list(DeletionList.objects.order_by("id").values())
    with pytest.raises(error):
        run(*words)
    assert list(DeletionList.objects.order_by("id").values()) == before


@pytest.mark.usefixtures("school")
def test_the_plan_is_shown_in_words_and_as_json() -> None:
    rows = {one["category"]: one for one in told("plan", "--school", CODE)["plan"]}
    assert rows["marks"] == {
        "category": "marks", "school_years": 5, "source": rows["marks"]["source"], "before": "2020-08-01",
        "deletion_built": True,
    }  # fmt: skip
    assert rows["grades"]["before"] is None
    text = run("plan", "--school", CODE).output
    assert "never deleted" in text
    assert "before 2022-08-01" in text


def test_the_console_proposes_and_carries_out_what_somebody_else_approved(school: School) -> None:
    made = told("propose", "--school", CODE, "--category", "remarks")
    shown = told("show", made["list"])
    assert (shown["rows"], len(shown["ids"]), shown["state"]) == (3, 3, "proposed")
    assert made["list"] in run("show", made["list"]).output
    refused(WrongState, "run", made["list"])
    by = archivist(school)
    actions.approve_list(by=by, list=UUID(made["list"]), digest=made["digest"], now=clock.now())
    done = told("run", made["list"])
    assert (done["state"], done["deleted"], done["kept"]) == ("done", 3, 0)
    assert not Remark.objects.exists()
    refused(WrongState, "run", made["list"])


def test_who_approved_at_the_console_cannot_carry_out_there(school: School) -> None:
    made = told("propose", "--school", CODE, "--category", "remarks")
    refused(ListChanged, "approve", made["list"], "--digest", "f" * 64)
    assert told("approve", made["list"], "--digest", made["digest"])["state"] == "approved"
    refused(SamePerson, "run", made["list"])
    assert Remark.objects.filter(school=school.school).count() == 3


def test_a_run_that_was_killed_goes_on_where_it_was(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "BATCH", 1)
    made = told("propose", "--school", CODE, "--category", "remarks")
    actions.approve_list(by=archivist(school), list=UUID(made["list"]), digest=made["digest"], now=clock.now())
    whole, calls = steps.erase_listed, iter((True, False))

    def dies(**told: Any) -> int:
        if not next(calls):
            raise SystemError
        return whole(**told)

    with monkeypatch.context() as patch:
        patch.setattr(steps, "erase_listed", dies)
        with pytest.raises(SystemError):
            run("run", made["list"])
    half = told("show", made["list"])
    assert (half["state"], half["deleted"]) == ("running", 1)
    done = told("run", made["list"])
    assert (done["state"], done["deleted"]) == ("done", 3)


@pytest.mark.usefixtures("school")
def test_bad_input_is_refused() -> None:
    refused(NotFound, "propose", "--school", CODE, "--category", "everything")
    refused(NotFound, "propose", "--school", "000", "--category", "remarks")
    refused(NoDeletion, "propose", "--school", CODE, "--category", "grades")
    refused(NothingToDelete, "propose", "--school", CODE, "--category", "messages")
    refused(NotFound, "show", str(uuid4()))
    refused(NotFound, "approve", str(uuid4()), "--digest", "x")
    refused(NotFound, "run", str(uuid4()))
    assert run("show", "no-id").exit_code == 2
    assert run("propose", "--school", CODE).exit_code == 2
    told("propose", "--school", CODE, "--category", "remarks")
    refused(ListStands, "propose", "--school", CODE, "--category", "remarks")
