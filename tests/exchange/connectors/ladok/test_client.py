"""One call to the registry: media types, pages, stamps, pace, certificates, and answers that are none."""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from testamur.exchange.connectors.ladok import client as client_module
from testamur.exchange.connectors.ladok import messages
from testamur.exchange.connectors.ladok.client import LadokClient, Report
from testamur.exchange.connectors.ladok.settings import NotSetUp, configured
from testamur.exchange.connectors.ladok.simulator import pki
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.exchange.connectors.ladok.simulator.state import Course, Occasion
from testamur.exchange.connectors.ladok.wire import (
    BadAnswer,
    Bucket,
    NotAuthorised,
    RegistryDown,
    RegistryRefused,
    Wire,
    http_client,
)

AF = 131657


def filled(registry: Simulator, students: int = 3) -> tuple[Course, Occasion]:
    """A course with an exam and a lab, and students in it."""
    state = registry.state
    state.add_user("eva@test.example")
    course = state.add_course("DV1574", "Databasteknik", AF, [("1405", "Tentamen", "4.0", AF, False)])
    occasion = state.add_occasion(course, "H4501", "2026-08-31", "2027-01-17")
    for n in range(students):
        state.register(state.add_student(f"20010101T{n:03}", "Test", f"Test{n}"), occasion)
    return course, occasion


def mocked(answer: Callable[[httpx.Request], httpx.Response], bucket: Bucket | None = None) -> LadokClient:
    """A client whose registry is a function."""
    http = httpx.Client(transport=httpx.MockTransport(answer))
    wire = Wire(http, "https://registry.example/", bucket=bucket or Bucket(0), sleep=lambda _s: None)
    return LadokClient(wire)


def test_every_student_of_many_pages_comes_once_and_in_order(registry: Simulator) -> None:
    course, occasion = filled(registry, 950)
    with LadokClient.of(registry.settings) as client:
        rows = client.gradeable(course.modules[0].instance, [occasion.uid])
    assert len({row.student.uid for row in rows}) == 950
    assert [row.student.number for row in rows] == sorted(row.student.number for row in rows)


def test_pages_that_repeat_and_lose_students_are_noticed_and_nobody_is_reported_on_half_a_list(
    registry: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, occasion = filled(registry, 950)
    monkeypatch.setattr(client_module, "ORDER", ())  # the simulator then behaves like the real one
    with LadokClient.of(registry.settings) as client, pytest.raises(BadAnswer) as no:
        client.gradeable(course.modules[0].instance, [occasion.uid])
    assert int(str(no.value.found["single"])) < 950


def test_rows_of_another_instance_come_along_and_are_left_out(registry: Simulator) -> None:
    course, occasion = filled(registry)
    part = course.modules[0].instance
    registry.draft("20010101T000", course.instance, "A", "2026-10-28")
    with LadokClient.of(registry.settings) as client:
        rows = client.gradeable(part, [occasion.uid])
        assert [row.working for row in rows] == [None, None, None]
        [whole] = [row for row in client.gradeable(course.instance, [occasion.uid]) if row.working]
    assert whole.student.number == "20010101T000"


def test_a_stale_stamp_is_refused_for_every_write(registry: Simulator) -> None:
    course, occasion = filled(registry)
    report = Report(AF, 131661, "2026-10-28")
    with LadokClient.of(registry.settings) as client:
        [row, *_] = client.gradeable(course.modules[0].instance, [occasion.uid])
        made = client.create(row.uid, row.instance, report)
        changed = client.update(made.uid, made.stamp, replace(report, grade=131662))
        writes: list[Callable[[], object]] = [
            lambda: client.update(made.uid, made.stamp, report),
            lambda: client.mark_ready(made.uid, made.stamp, examiner=client.me(), on=date(2026, 11, 30)),
            lambda: client.back_to_draft(made.uid, made.stamp),
        ]
        for write in writes:
            with pytest.raises(RegistryRefused) as no:
                write()
            assert str(no.value.found["group"]).endswith("samtidig_uppdatering")
        ready = client.mark_ready(made.uid, changed.stamp, examiner=client.me(), on=date(2026, 11, 30))
        assert ready.stamp > changed.stamp > made.stamp


def test_the_wrong_media_type_is_not_understood_and_ours_are(registry: Simulator) -> None:
    with http_client(registry.settings) as http:
        url = registry.url + "resultat/grunddata/betygsskala"
        right = "application/vnd.ladok-resultat+json"
        assert http.get(url, headers={"Accept": "application/json"}).status_code == 406
        assert http.get(url, headers={"Accept": right}).headers["Content-Type"] == right
        rights = registry.url + "resultat/resultatrattighet/kontrollerarapporteringsmojlighet"
        told = {"Accept": right, "Content-Type": "application/json"}
        assert http.put(rights, content=b"{}", headers=told).status_code == 415
        assert http.get(registry.url + "uppfoljning/feed/recent", headers={"Accept": right}).status_code == 406


def test_a_refusal_shows_the_registrys_message_and_logs_the_id_of_the_fault(
    registry: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    course, occasion = filled(registry)
    with LadokClient.of(registry.settings) as client:
        [row, *_] = client.gradeable(course.modules[0].instance, [occasion.uid])
        with caplog.at_level(logging.WARNING), pytest.raises(RegistryRefused) as no:
            client.create(row.uid, row.instance, Report(AF, 131661, ""))
    assert str(no.value) == "Obligatoriskt värde saknas: Examinationsdatum."
    assert no.value.found["group"] == "commons.fel.grupp.obligatoriskt_varde_saknas"
    assert str(no.value.found["fault"]) in caplog.text
    assert "20010101T" not in caplog.text


def test_without_our_certificate_nothing_is_answered(registry: Simulator) -> None:
    context = ssl.create_default_context(cafile=registry.folder / "root.pem")
    with httpx.Client(verify=context, trust_env=False, timeout=60) as http:
        wire = Wire(http, registry.url, bucket=Bucket(0), sleep=lambda _s: None)
        with pytest.raises(NotAuthorised):
            LadokClient(wire).me()


def test_a_server_of_another_root_is_not_talked_to(registry: Simulator, tmp_path: Path) -> None:
    pki.make(tmp_path)
    foreign = replace(registry.settings, server_root=tmp_path / "root.pem")
    with LadokClient.of(foreign) as client, pytest.raises(RegistryDown):
        client.me()
    assert not registry.seen


def test_no_redirect_is_followed() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(BadAnswer):
        mocked(answer).scales()
    assert asked == ["https://registry.example/resultat/grunddata/betygsskala"]


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/feed/1", "http://registry.example/feed/1", "//x.example/1"]
)
def test_a_link_of_the_feed_to_another_place_is_not_followed(link: str) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise AssertionError

    with pytest.raises(BadAnswer):
        mocked(answer).feed_page(link)


def test_only_calls_that_change_nothing_are_made_twice() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(503)

    client = mocked(answer)
    with pytest.raises(RegistryDown):
        client.scales()
    with pytest.raises(RegistryDown):
        client.may_report("eva", "x", ["y"])
    assert asked == ["GET", "GET", "PUT", "PUT"]
    asked.clear()
    writes: list[Callable[[], object]] = [
        lambda: client.create("a", "b", Report(1, 2, "2026-10-28")),
        lambda: client.update("a", "b", Report(1, 2, "2026-10-28")),
        lambda: client.back_to_draft("a", "b"),
    ]
    for write in writes:
        with pytest.raises(RegistryDown):
            write()
    assert asked == ["POST", "PUT", "PUT"]


def test_when_the_registry_says_when_to_come_again_it_is_left_alone_until_then() -> None:
    asked = []

    def answer(_request: httpx.Request) -> httpx.Response:
        asked.append(1)
        return httpx.Response(429, headers={"Retry-After": "120"})

    with pytest.raises(RegistryDown) as down:
        mocked(answer).scales()
    assert (down.value.wait, len(asked)) == (120, 1)


def test_a_slow_registry_is_given_up_in_time(registry: Simulator) -> None:
    registry.slow = 5
    with LadokClient.of(replace(registry.settings, timeout=0.2)) as client:
        before = time.monotonic()
        with pytest.raises(RegistryDown):
            client.me()
    registry.slow = 0
    assert time.monotonic() - before < 4


def test_calls_keep_the_pace_that_was_agreed() -> None:
    at, slept = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal at
        slept.append(seconds)
        at += seconds

    bucket = Bucket(5, monotonic=lambda: at, sleep=sleep)
    for _ in range(25):
        bucket.take()
    assert at == pytest.approx(4, abs=0.01)  # the first five at once, then one every fifth of a second
    assert max(slept) <= 0.21


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[]",
        b'"x"',
        b"null",
        b"\xff\xfe",
        b'{"Betygsskala": {}}',
        b'{"Betygsskala": [1]}',
        b'{"Betygsskala": [{"ID": "a"}]}',
        b'{"Betygsskala": [{"ID": true, "Kod": "AF"}]}',
        b'{"Betygsskala": [{"ID": "99999999999999999999"}]}',
    ],
)
def test_an_answer_of_another_shape_is_no_crash(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        mocked(lambda _r: httpx.Response(200, content=answer)).scales()


@pytest.mark.parametrize("missing", ["Uid", "Rapporteringskontext", "Student"])
def test_a_gradeable_student_without_what_is_needed_is_refused(missing: str) -> None:
    row = {
        "Uid": "1", "Student": {"Uid": "2"},
        "Rapporteringskontext": {"UtbildningsinstansUID": "i", "BetygsskalaID": 1},
    }  # fmt: skip
    assert messages.gradeable(row, "i") is not None
    with pytest.raises(BadAnswer):
        messages.gradeable({k: v for k, v in row.items() if k != missing}, "i")


def test_an_answer_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur.exchange.connectors.ladok import wire

    monkeypatch.setattr(wire, "MAX_ANSWER", 1000)
    with pytest.raises(BadAnswer):
        mocked(lambda _r: httpx.Response(200, content=json.dumps({"x": "y" * 2000}).encode())).scales()


def test_what_is_not_set_up_is_named() -> None:
    with pytest.raises(NotSetUp) as no:
        configured()
    assert "TESTAMUR_LADOK_URL" in str(no.value)


def test_the_simulated_registry_is_for_demonstrations_alone(settings: Any, tmp_path: Path) -> None:
    settings.LADOK = {**settings.LADOK, "url": "simulated"}
    settings.DATA = tmp_path
    with pytest.raises(NotSetUp, match="not been started"):
        configured()
    settings.MODE = "production"
    with pytest.raises(NotSetUp, match="demonstration"):
        configured()
