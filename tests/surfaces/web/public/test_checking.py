"""Codes on paper, the trust bundle, the public log."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.proofs import notes
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.trust.archive.queries import store
from testamur.trust.records import actions
from testamur.trust.records import queries as records
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.feature("A22", "D15")
def test_a_code_on_paper_tells_what_it_is_and_whether_it_holds_and_nothing_of_the_pupil(
    client: Client, issued: World
) -> None:
    mine = [v for v in records.published(by=operator()) if v.subject == issued.persons["pupil"]]
    code = mine[0].code
    page = client.get(reverse("public:code", kwargs={"code": code.lower().replace("-", "")}))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Solbackaskolan" in text
    assert mine[0].pdf_sha256 in text
    assert issued.names["pupil"].split()[0] not in text
    assert issued.numbers["pupil"] not in text
    assert "noarchive" in page["X-Robots-Tag"]
    actions.annul(by=operator(), path=mine[0].path, record=mine[0].record, why="test", now=clock.now())
    assert 'data-color="danger"' in client.get(reverse("public:code", kwargs={"code": code})).content.decode()


def test_an_unknown_code_is_told_kindly_and_odd_ones_do_no_harm(client: Client, issued: World) -> None:
    for odd in ("ZZZZ-ZZZZ-ZZZZ", "x", "<script>", "%00", "a" * 200):
        assert client.get(f"/v/{odd}/").status_code == 404
    assert client.get(reverse("public:verify"), {"code": " b5yz pv9m 23n6 "}).status_code == 302


@pytest.mark.feature("A22")
def test_the_trust_bundle_of_the_page_verifies_a_file(client: Client, issued: World) -> None:
    trust = parse_trust(client.get(reverse("public:trust")).content)
    one = next(iter(records.published(by=operator())))
    data = store().read(one.record, "record.pdf")
    assert verify_file(data, trust, "x.pdf").word == "valid"


@pytest.mark.feature("A21")
def test_the_log_is_served_as_static_tiles_and_nothing_else_is(client: Client, issued: World) -> None:
    checkpoint = client.get("/log/exempelkommun/checkpoint")
    size = int(notes.Note.parse(checkpoint.content).text.split("\n")[1])
    assert checkpoint["Cache-Control"].startswith("public")
    tile = client.get(f"/log/exempelkommun/tile/0/000.p/{size}")
    assert len(tile.content) == 32 * size
    for odd in ("tile/0/999", "../exempelkommun.signed", "tile/0/000.p/999", "tile/../checkpoint", "x"):
        assert client.get(f"/log/exempelkommun/{odd}").status_code == 404
    assert client.get("/log/nobody/checkpoint").status_code == 404
    assert json.loads(client.get(reverse("public:trust")).content)["v"] == 1
