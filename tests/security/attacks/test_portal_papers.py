"""Tables, papers and signatures of the portal: formulas, and names that stand where somebody else reads them."""

from __future__ import annotations

import csv
import io
import sys
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.forms.rules import Consent
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.actions import development
from testamur.schoolday.learning.paper import Paper, paper
from testamur.surfaces.web.learning import signing
from testamur.trust.records.models import Sight
from tests.schoolday.diary.school import NOW, School, build
from tests.schoolday.learning.test_development import AHEAD
from tests.surfaces.web.asking.conftest import Asked, asked, published
from tests.surfaces.web.asking.test_family import sign
from tests.surfaces.web.asking.test_staff import answer
from tests.surfaces.web.family.diaries import browse

__all__ = ["asked"]
pytestmark = pytest.mark.django_db


def hide(person: UUID) -> None:
    """The identity is protected from now on."""
    people.set_protection(by=operator(), person=person, level=Protection.CONFIDENTIALITY_MARK, now=clock.now())


@pytest.mark.feature("C5")
def test_what_a_family_answers_is_no_formula_where_semicolons_end_cells(asked: Asked) -> None:
    form = published(asked)
    answer(asked, form, fish=True, note="nothing;=HYPERLINK(1)")
    got = asked.staff("principal").get(reverse("forms:table", args=[form, "csv"])).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(got), delimiter=";") for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not any(cell[:1] in {"=", "+", "-", "@"} for cell in cells)


@pytest.mark.feature("C5", "C19")
def test_whoever_fetches_the_evidence_of_a_protected_guardian_is_seen_to_have_done_so(asked: Asked) -> None:
    """It holds the true number: the page of the receipt writes the sight down, and the file by itself has to."""
    form = published(asked, consent=Consent.SIGNED)
    key = sign(asked.family(), asked, form)
    hide(asked.mother)
    got = asked.staff("principal").get(reverse("forms:receipt_file", args=[key, "evidence"]))
    assert got.status_code == 200
    assert Sight.objects.filter(person=asked.mother, actor=asked.world.persons["principal"]).exists()


@pytest.fixture
def four(db: None) -> School:
    """A class with development plans; pupil 2 is protected."""
    return build("se.compulsory", level=4)


@pytest.mark.feature("C8", "C19")
def test_the_paper_of_a_hidden_pupil_bears_the_alias_whoever_hands_it_over(
    four: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head knows the name; those who teach the pupil and do not, fetch the same paper."""
    made: list[Paper] = []

    def kept(said: Paper) -> bytes:
        made.append(said)
        return b"%PDF-1.7"

    monkeypatch.setattr(development, "paper", kept)
    head, hidden = four.actor("principal"), four.pupils[2]
    key = actions.draft_development(by=head, group=four.group, pupil=hidden, now=NOW)
    draft = queries.development(by=head, development=key).draft
    assert draft is not None
    actions.write_ahead(by=head, version=draft.id, ahead=AHEAD, seen=draft.seen, now=NOW)
    actions.freeze_development(by=head, version=draft.id, seen=draft.seen + 1, now=NOW)
    assert queries.paper(by=four.actor("teacher"), version=draft.id)
    assert "Ученик2" not in made[0].pupil


@pytest.mark.feature("C8", "C19")
def test_a_paper_that_was_handed_over_before_the_mark_bears_the_alias_for_whoever_may_not_know(
    four: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was signed is kept, and stays in the hands of the family and of those who may know the name."""
    head, pupil = four.actor("principal"), four.pupils[0]
    key = actions.draft_development(by=head, group=four.group, pupil=pupil, now=NOW)
    draft = queries.development(by=head, development=key).draft
    assert draft is not None
    actions.write_ahead(by=head, version=draft.id, ahead=AHEAD, seen=draft.seen, now=NOW)
    actions.freeze_development(by=head, version=draft.id, seen=draft.seen + 1, now=NOW)
    kept = queries.paper(by=four.actor("teacher"), version=draft.id)
    hide(pupil)
    made: list[Paper] = []
    reading = sys.modules["testamur.schoolday.learning.queries.development"]

    def noted(said: Paper) -> bytes:
        made.append(said)
        return paper(said)

    monkeypatch.setattr(reading, "printed", noted)
    seen = queries.paper(by=four.actor("teacher"), version=draft.id)
    assert (seen[:5], seen == kept) == (b"%PDF-", False)
    assert [("Ученик0" in one.pupil, one.made, one.number) for one in made] == [(False, NOW, 1)]
    for name in ("principal", "guardian"):
        assert queries.paper(by=four.actor(name), version=draft.id) == kept
    with time_machine.travel(NOW, tick=True):
        browse(four.persons["guardian"]).get(reverse("learning:pdf", args=[draft.id]))
        assert not Sight.objects.filter(person=pupil).exists()
        browse(four.persons["principal"], f"principal@{four.path}").get(reverse("learning:pdf", args=[draft.id]))
    assert Sight.objects.filter(person=pupil, actor=four.persons["principal"]).exists()


@pytest.mark.feature("C8", "C19")
def test_no_e_id_is_told_the_name_of_a_protected_child(four: School) -> None:
    """What the signer reads goes to the maker of the e-ID, and stays in the evidence."""
    child = four.pupils[0]
    request: Any = SimpleNamespace(visitor=SimpleNamespace(actor=four.actor("guardian")))
    found: Any = SimpleNamespace(pupil=child, number=1)
    assert "Ученик0" in signing._title(request, found, "SE")
    hide(child)
    assert "Ученик0" not in signing._title(request, found, "SE")
