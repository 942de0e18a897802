"""The pages of the delivery: the department's, the school's, the class's and the record's."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from testamur.exchange.connectors.ministry import queries
from testamur.kernel.base.actor import operator
from testamur.schoolday.transcripts.rules import HandoverState
from tests.surfaces.web.handover.conftest import Delivery


@pytest.mark.feature("D8", "D12")
def test_the_department_asks_sees_why_a_record_was_rejected_and_sends_it_again(made: Delivery) -> None:
    officer = made.officer
    assert officer.post(reverse("handover:ask")).status_code == 303
    made.store.kept.state.unknown.append(made.world.numbers["vn_pupil"])
    assert (made.send().accepted, made.send().batches) == (1, 0)
    home = officer.get(reverse("handover:home")).content.decode()
    assert "The store does not know the pupil&#x27;s identity number." in home
    assert "TEST form" in home
    listed = officer.get(reverse("handover:rejected")).content.decode()
    assert made.world.names["vn_pupil"] in listed
    assert "HS01" in listed
    view = made.views()[HandoverState.REJECTED]
    page = officer.get(reverse("handover:record", args=[view.record])).content.decode()
    assert "Send again as it is" in page
    assert reverse("office:register_pupil", args=[view.pupil]) in page
    made.store.kept.state.unknown.clear()
    done = officer.post(reverse("handover:again"), {"records": str(view.record)}, follow=True)
    assert "1 record waits to be sent." in done.content.decode()
    made.send()
    assert set(made.views()) == {HandoverState.ACCEPTED}
    page = officer.get(reverse("handover:record", args=[view.record])).content.decode()
    assert page.count("HS01") == 1  # the history keeps it
    assert made.views()[HandoverState.ACCEPTED].receipt in page or "TEST-HB" in page


@pytest.mark.feature("D8", "D15")
def test_the_department_reads_batches_and_takes_the_signed_receipt_away(delivery: Delivery) -> None:
    officer = delivery.officer
    (batch,), _n = queries.batches(by=operator(), path="/")
    page = officer.get(reverse("handover:batch", args=[batch.id])).content.decode()
    assert batch.digest in page
    got = officer.get(reverse("handover:receipt", args=[batch.id]))
    assert got.headers["Content-Disposition"] == 'attachment; filename="receipt-000001.json"'
    assert got.content == queries.receipt(by=operator(), batch=batch.id)
    assert officer.get(reverse("handover:batch", args=[uuid4()])).status_code == 404


@pytest.mark.feature("D8")
def test_a_school_sees_its_own_records_and_no_batches(delivery: Delivery) -> None:
    office = delivery.office
    page = office.get(reverse("handover:home")).content.decode()
    assert "Rejected, by reason" in page
    assert "Batches" not in page
    (batch,), _n = queries.batches(by=operator(), path="/")
    assert office.get(reverse("handover:batch", args=[batch.id])).status_code == 404
    assert office.post(reverse("handover:steer", args=[delivery.body.id]), {"way": "pause"}).status_code == 403


@pytest.mark.feature("D8")
def test_the_class_teacher_sees_the_own_class_and_sends_again(delivery: Delivery) -> None:
    teacher = delivery.teacher
    page = teacher.get(reverse("handover:class", args=[delivery.world.vn_group])).content.decode()
    assert delivery.world.names["vn_pupil"] in page
    assert "Send again as it is" in page
    assert teacher.get(reverse("handover:class", args=[delivery.world.group])).status_code == 404
    delivery.store.kept.state.unknown.clear()
    view = delivery.views()[HandoverState.REJECTED]
    assert teacher.post(reverse("handover:again"), {"records": str(view.record)}).status_code == 303
    assert set(delivery.views()) == {HandoverState.ACCEPTED, HandoverState.WAITING}


def test_deliveries_rest_and_go_on_by_the_departments_buttons(made: Delivery) -> None:
    officer = made.officer
    officer.post(reverse("handover:ask"))
    steer = reverse("handover:steer", args=[made.body.id])
    officer.post(steer, {"way": "pause"})
    assert made.send().batches == 0
    assert "Rests" in officer.get(reverse("handover:home")).content.decode()
    officer.post(steer, {"way": "resume"})
    officer.post(steer, {"way": "now"})
    assert made.send().batches == 1
    assert officer.post(steer, {"way": "sideways"}).status_code == 404


def test_a_batch_that_the_store_refuses_is_withdrawn_and_drawn_up_anew_with_the_same_number(made: Delivery) -> None:
    officer = made.officer
    officer.post(reverse("handover:ask"))
    made.store.refuse = 1
    assert made.send().batches == 0
    (batch,), _n = queries.batches(by=operator(), path="/")
    page = officer.get(reverse("handover:batch", args=[batch.id])).content.decode()
    assert "Withdraw and draw up anew" in page
    assert made.send().batches == 0
    officer.post(reverse("handover:withdraw", args=[batch.id]))
    done = made.send()
    assert (done.batches, done.accepted) == (1, 2)
    found, _n = queries.batches(by=operator(), path="/")
    assert sorted((one.number, one.state) for one in found) == [(1, "answered"), (1, "withdrawn")]


@pytest.mark.feature("D4", "D8")
def test_the_department_lets_it_go_each_night_and_the_page_says_so(made: Delivery) -> None:
    officer, steer = made.officer, reverse("handover:steer", args=[made.body.id])
    home = reverse("handover:home")
    assert "Send each night, as the plan says" in officer.get(home).content.decode()
    assert officer.post(steer, {"way": "nightly"}).status_code == 303
    page = officer.get(home).content.decode()
    assert "Sends each night" in page
    assert "No plan is in force: nothing is sent by itself until one is." in page
    (sender,) = queries.senders(by=operator(), path="/")
    assert (sender.nightly, sender.automatic) == (True, False)
    officer.post(steer, {"way": "automatic"})
    (sender,) = queries.senders(by=operator(), path="/")
    assert (sender.nightly, sender.automatic) == (False, True)
