"""Lists on their way to the registry, in the browser: what it said, what differs, who decides."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.exchange.connectors.models import Transfer, TransferRow
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import log_in, text
from tests.surfaces.web.results.office_desk import administrator

pytestmark = pytest.mark.django_db
THEIRS = {"value": "D", "examined_on": "2026-10-28", "state": "draft", "result": "r-1", "stamp": "s-1"}


def on_its_way(u: University) -> tuple[UUID, Transfer, list[TransferRow]]:
    """A signed list of three: one differs from a draft there, one from what is attested there, one was refused."""
    desk = Desk(u)
    made = desk.signed(dict.fromkeys(u.students[:3], "B"))
    head = desk.head(made)
    transfer = Transfer.objects.create(
        list=made, number=head.number, path=head.path, state="differs", begun_at=u.now, tries=2
    )
    told: list[dict[str, Any]] = [
        {"state": "differs", "theirs": THEIRS},
        {"state": "differs", "theirs": {**THEIRS, "state": "attested"}},
        {"state": "refused", "message": "Studenten saknar registrering på kurstillfället", "fault": "f-77"},
    ]
    rows = [
        TransferRow.objects.create(transfer=transfer, row=row.id, person=row.person, **one)
        for row, one in zip(desk.view(made).rows, told, strict=True)
    ]
    return made, transfer, rows


def test_a_difference_is_shown_side_by_side_and_decided_by_whoever_may(sealing: University) -> None:
    u = sealing
    made, transfer, rows = on_its_way(u)
    page_of = reverse("results:transfer", args=[made])
    seen = text(log_in(u, "administrator").get(page_of))
    for words in ("Studenten saknar registrering", "f-77", "a draft there", "attested there"):
        assert words in seen
    assert "Send this one" not in seen
    resolve = [reverse("results:resolve", args=[row.row]) for row in rows]
    assert log_in(u, "administrator").post(resolve[0], {"keep": "ours"}).status_code == HTTPStatus.FORBIDDEN
    examiner = log_in(u, "examiner")
    assert text(examiner.get(page_of)).count("Send this one") == 1
    assert text(examiner.get(page_of)).count("Keep the registry's") == 2
    assert examiner.post(resolve[0], {"keep": "both"}).status_code == HTTPStatus.NOT_FOUND
    page = text(examiner.post(resolve[1], {"keep": "ours", "next": page_of}, follow=True))
    assert "it can only be changed inside the registry" in page
    rows[1].refresh_from_db()
    assert rows[1].state == "differs"
    examiner.post(resolve[1], {"keep": "theirs"})
    page = text(examiner.post(resolve[0], {"keep": "ours", "next": page_of}, follow=True))
    assert "goes to the registry" in page
    for row, state in zip(rows, ("waiting", "refused", "refused"), strict=True):
        row.refresh_from_db()
        assert row.state == state
    transfer.refresh_from_db()
    assert transfer.state == "waiting"


def test_the_office_sees_what_the_registry_refused_and_sends_it_again(sealing: University) -> None:
    u = sealing
    _made, transfer, rows = on_its_way(u)
    Transfer.objects.filter(id=transfer.id).update(state="failed", message="Kursen kan inte rapporteras")
    queue = text(log_in(u, "administrator").get(reverse("results:office"), {"show": "to_enter"}))
    assert "Refused by the registry" in queue
    plain = text(log_in(u, "administrator").get(reverse("results:registry")))
    assert "Kursen kan inte rapporteras" in plain
    assert "Try again" not in plain
    office, address = administrator(u), reverse("results:retry", args=[transfer.id])
    assert address in text(office.get(reverse("results:registry")))
    assert "It is tried again now" in text(office.post(address, follow=True))
    rows[2].refresh_from_db()
    transfer.refresh_from_db()
    assert (rows[2].state, transfer.state) == ("waiting", "waiting")
    assert "No list is in this state" in text(office.get(reverse("results:registry"), {"show": "attested"}))
    assert log_in(u, "economy_examiner").get(reverse("results:registry")).status_code == HTTPStatus.OK
