"""Documents of a result list on the ordinary pages of signers: one line that leads to the list, and no way round it."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.reporting import actions, steps, tasks
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.trust.records.models import Decline, RecordSigner
from testamur.trust.records.rules import State
from testamur.trust.signing.models import Ceremony
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.signing import URL, Desk
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.web.results.conftest import grade, log_in, module_list, send, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def u(db: None) -> Iterator[University]:
    """Provhögskolan with seal and log, on a Monday after the exams."""
    with time_machine.travel(TODAY, tick=True):
        yield universities.build(TODAY, equip=True)


@pytest.fixture
def desk(u: University) -> Desk:
    return Desk(u)


@pytest.fixture
def made(u: University, desk: Desk) -> UUID:
    """A list that waits for its examiner, with its documents."""
    one = module_list(u, exam=u.exams["DV1574"])
    grade(u, one)
    send(u, one)
    desk.prepare(one)
    return one


def sign_in_the_app(browser: Client, made: UUID) -> str:
    """From the list's own page through the simulated app; returns where the signature leads."""
    answer = browser.post(reverse("results:sign", args=[made]), {"method": "simulated"})
    ceremony = answer["Location"]
    browser.post(f"{ceremony}answer/", {"answer": "sign"})
    return str(browser.get(ceremony)["Location"])


@pytest.mark.feature("B44")
def test_a_list_that_waits_is_one_line_that_leads_to_its_own_page(u: University, desk: Desk, made: UUID) -> None:
    page = text(log_in(u, "examiner").get(reverse("staff:home")))
    assert f"List {lists.head(by=u.by, list=made).number}" in page
    assert "DV1574/1405" in page
    assert f"{len(desk.documents(made))} documents, signed as a whole" in " ".join(page.split())
    assert reverse("results:review", args=[made]) in page
    assert 'name="record"' not in page
    assert "Nothing waits for you" not in page
    assert reverse("results:review", args=[made]) not in text(log_in(u, "other_examiner").get(reverse("staff:home")))


@pytest.mark.feature("B12", "B44")
@pytest.mark.parametrize("which", [0, 1], ids=["the list without certificates", "a certificate without its list"])
def test_documents_of_a_list_are_signed_or_declined_nowhere_but_with_it(
    u: University, desk: Desk, made: UUID, which: int
) -> None:
    browser, wanted = log_in(u, "examiner"), desk.documents(made)[which]
    choice = f"record={wanted.hex}"
    for answer in (
        browser.get(f"{reverse('staff:review')}?{choice}", follow=True),
        browser.post(reverse("staff:start"), {"choice": choice, "step": "x", "method": "simulated"}, follow=True),
        browser.post(reverse("staff:decline"), {"choice": choice, "why": "The wrong way round, this."}, follow=True),
    ):
        assert "These documents belong to a result list." in text(answer)
    everything = browser.post(reverse("staff:start"), {"choice": "all=1", "step": "x", "method": "simulated"})
    assert everything["Location"] == reverse("staff:home")
    assert not Ceremony.objects.exists()
    assert not Decline.objects.exists()
    assert desk.states(made) == {State.READY}


def test_a_document_of_a_list_can_be_read_and_leads_to_the_list(u: University, desk: Desk, made: UUID) -> None:
    page = text(log_in(u, "examiner").get(reverse("staff:document", args=[desk.documents(made)[1]])))
    assert "signed together with its result list" in page
    assert reverse("results:review", args=[made]) in page
    assert "Sign this one" not in page


@pytest.mark.feature("B45")
def test_the_heads_decision_about_the_process_is_signed_as_ever(u: University, desk: Desk) -> None:
    rector, now = u.actor("rector"), clock.now()
    key = actions.propose_process(by=rector, path=u.path, way=Way.PAPER, grade_from=now.date(), now=now)
    press = steps.Press(desk.press(), URL, True, clock.now)
    record = steps.prepare_process(by=tasks._step(rector.id), rule=key, made=press)
    browser = log_in(u, "rector")
    assert f'value="{record.hex}"' in text(browser.get(reverse("staff:home")))
    review = browser.get(f"{reverse('staff:review')}?record={record.hex}")
    assert review.status_code == HTTPStatus.OK
    assert "You are about to sign" in text(review)


@pytest.mark.feature("B35", "B44")
def test_a_signature_leads_back_to_its_list_and_tells_how_far_it_is(u: University, desk: Desk, made: UUID) -> None:
    browser = log_in(u, "examiner")
    review = reverse("results:review", args=[made])
    assert sign_in_the_app(browser, made) == review
    page = text(browser.get(review))
    assert "Signed; the results are being entered." in page
    assert "A signature of this list is under way" not in page
    assert "Return the list" not in page
    assert 'hx-trigger="every 2s"' in text(browser.get(review, headers={"HX-Request": "true", "HX-Target": "making"}))
    steps.settle(by=tasks.SETTLE_STEP, now=clock.now())
    address = reverse("results:list", args=[made])
    answer = browser.get(review, headers={"HX-Request": "true", "HX-Target": "making"})
    assert answer["HX-Redirect"] == address
    assert "Signed; the documents are being sealed." in text(browser.get(address))
    part = text(browser.get(address, headers={"HX-Request": "true", "HX-Target": "sealing"}))
    assert part.strip().startswith('<div id="sealing"')
    assert f"0 of {len(desk.documents(made))}" in part
    desk.ticks = 600
    desk.issue()
    assert not text(browser.get(address, headers={"HX-Request": "true", "HX-Target": "sealing"})).strip()
    assert "being sealed" not in text(browser.get(address))
    ceremony = RecordSigner.objects.filter(record__in=desk.documents(made)).values_list("ceremony", flat=True)[0]
    assert address in text(browser.get(reverse("staff:progress", args=[ceremony])))


def test_a_signature_that_the_list_does_not_take_in_says_why(u: University, desk: Desk, made: UUID) -> None:
    browser = log_in(u, "examiner")
    sign_in_the_app(browser, made)
    actions.documents.note_trouble(
        by=tasks.SETTLE_STEP, list=made, refusal=actions.deciding.SignatureMissing("Not signed."), now=clock.now()
    )
    page = text(browser.get(reverse("results:review", args=[made])))
    assert "Signed; but the results could not be entered yet." in page
    assert "The list is not signed by its examiner." in page


def test_who_cancels_comes_back_to_the_list_to_begin_again(u: University, made: UUID) -> None:
    browser = log_in(u, "examiner")
    ceremony = browser.post(reverse("results:sign", args=[made]), {"method": "simulated"})["Location"]
    review = reverse("results:review", args=[made])
    assert browser.post(f"{ceremony}cancel/", {"again": "1"})["Location"] == review
    assert 'name="method"' in text(browser.get(review))
    assert review in text(browser.get(ceremony))
    assert lists.head(by=u.by, list=made).state is ListState.SENT
