"""The agent on the signer's own computer: who may ask, what is shown, one PIN for one act, what it gives."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from testamur.trust.sealing.personal import verifies
from testamur.trust.signing.methods.certificate.agent.keys import FileKey, KeyRefused, open_file
from testamur.trust.signing.methods.certificate.agent.server import MOST_WRONG, Agent
from testamur.trust.signing.methods.certificate.requests import (
    RequestedDocument,
    RequestUnreadable,
    SigningRequest,
    fingerprint,
    read_answer,
    read_request,
)
from tests.trust.signing.own import PASSWORD, Own, own

ORIGIN = "https://school.example"


@dataclass
class Terminal:
    """The signer at the terminal: what was shown, what is answered."""

    answers: dict[str, str] = field(default_factory=lambda: {"Sign": "yes", "Password": PASSWORD})
    shown: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answers[prompt.split(maxsplit=1)[0]]


@pytest.fixture
def mine(tmp_path: Path) -> Own:
    return own("Trần Thị Ví Dụ", "vn.cccd", "001190000017", folder=tmp_path / "ca")


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def agent(mine: Own, tmp_path: Path, terminal: Terminal) -> Iterator[Agent]:
    with Agent(mine.opened(tmp_path), origins=[ORIGIN], port=0) as there:
        worker = threading.Thread(target=there.serve, kwargs={"ask": terminal.ask, "say": terminal.shown.append})
        worker.start()
        yield there
        there.stop()
        worker.join()


def request_for(mine: Own, count: int = 3, **changes: Any) -> SigningRequest:
    documents = tuple(RequestedDocument(uuid4(), f"Học bạ {n}", b"attributes %d" % n) for n in range(count))
    values = {
        "service": ORIGIN, "ceremony": uuid4(), "signer": "Trần Thị Ví Dụ", "capacity": "class teacher, Trường Ví Dụ",
        "certificate": fingerprint(mine.der), "documents": documents,
    }  # fmt: skip
    return SigningRequest(**{**values, **changes})


def ask(agent: Agent, method: str, path: str, *, code: str | None = None, **how: Any) -> httpx.Response:
    headers = {"Origin": ORIGIN, "Testamur-Pairing": agent.code if code is None else code, **how.pop("headers", {})}
    return httpx.request(method, f"http://127.0.0.1:{agent.port}{path}", headers=headers, timeout=60, **how)


def ended(agent: Agent, job: str) -> dict[str, Any]:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        told: dict[str, Any] = ask(agent, "GET", f"/v1/jobs/{job}").json()
        if told["state"] in {"done", "refused", "failed"}:
            return told
        time.sleep(0.02)
    raise AssertionError("it never ended")


@pytest.mark.feature("D11")
def test_a_page_of_the_service_gets_every_signature_with_one_password(
    agent: Agent, mine: Own, terminal: Terminal
) -> None:
    (known,) = ask(agent, "GET", "/v1/certificates").json()["certificates"]
    assert known["fingerprint"] == fingerprint(mine.der)
    assert b64decode(known["chain"][0]) == mine.der
    request = request_for(mine, 700)
    job = ask(agent, "POST", "/v1/sign", content=request.written()).json()["job"]
    assert ended(agent, job)["made"] == 700
    got: dict[str, str] = {}
    while more := ask(agent, "GET", f"/v1/jobs/{job}?from={len(got)}").json()["signatures"]:
        got |= more
    assert len(got) == 700
    for document in request.documents[::70]:
        assert verifies(mine.der, b64decode(got[str(document.record)]), document.to_be_signed)
    assert [one.split()[0] for one in terminal.asked] == ["Sign", "Password"]
    shown = terminal.shown[0]
    assert "https://school.example asks for your signature on 700 documents" in shown
    assert "Học bạ 9" in shown
    assert "… and 690 more" in shown


def test_only_pages_of_the_named_service_may_ask_and_only_with_the_code(agent: Agent, mine: Own) -> None:
    sent = request_for(mine).written()
    assert ask(agent, "GET", "/v1/", headers={"Origin": "https://evil.example"}).status_code == 403
    assert ask(agent, "GET", "/v1/", headers={"Origin": ""}).status_code == 403
    assert ask(agent, "GET", "/v1/", headers={"Host": "evil.example"}).status_code == 421
    assert ask(agent, "POST", "/v1/sign", code="000", content=sent).status_code == 401
    foreign = request_for(mine, service="https://evil.example").written()
    assert ask(agent, "POST", "/v1/sign", content=foreign).status_code == 403
    refused = ask(agent, "OPTIONS", "/v1/sign", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)
    allowed = ask(agent, "OPTIONS", "/v1/sign", headers={"Access-Control-Request-Private-Network": "true"})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert allowed.headers["access-control-allow-private-network"] == "true"


def test_guessing_the_code_closes_the_agent(agent: Agent) -> None:
    for _ in range(MOST_WRONG):
        assert ask(agent, "GET", "/v1/", code="999").status_code == 401
    assert ask(agent, "GET", "/v1/").status_code == 401


def test_a_signer_who_says_no_signs_nothing(agent: Agent, mine: Own, terminal: Terminal) -> None:
    terminal.answers["Sign"] = "no"
    job = ask(agent, "POST", "/v1/sign", content=request_for(mine).written()).json()["job"]
    told = ended(agent, job)
    assert (told["state"], told["made"]) == ("refused", 0)
    assert [one.split()[0] for one in terminal.asked] == ["Sign"]


def test_a_wrong_password_signs_nothing_and_the_next_act_asks_again(
    agent: Agent, mine: Own, terminal: Terminal
) -> None:
    terminal.answers["Password"] = "wrong"
    job = ask(agent, "POST", "/v1/sign", content=request_for(mine).written()).json()["job"]
    assert ended(agent, job)["state"] == "failed"
    terminal.answers["Password"] = PASSWORD
    job = ask(agent, "POST", "/v1/sign", content=request_for(mine).written()).json()["job"]
    assert ended(agent, job)["made"] == 3


def test_one_act_at_a_time_and_only_for_the_certificate_that_is_there(agent: Agent, mine: Own) -> None:
    wrong = request_for(mine, certificate="0" * 64).written()
    assert ask(agent, "POST", "/v1/sign", content=wrong).json() == {"error": "certificate"}
    assert ask(agent, "POST", "/v1/sign", content=b"{}").json() == {"error": "request"}
    assert ask(agent, "GET", "/v1/jobs/none").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something"},
        {"v": 2},
        {"ceremony": "none"},
        {"documents": []},
        {"documents": [{"record": "x", "title": "t", "to_be_signed": "AAAA"}]},
        {"documents": "many"},
        {"signer": 7},
    ],
)
def test_a_request_that_is_none_is_refused(mine: Own, change: dict[str, Any]) -> None:
    told = {**json.loads(request_for(mine).written()), **change}
    with pytest.raises(RequestUnreadable):
        read_request(json.dumps(told).encode())


def test_what_a_request_says_cannot_play_with_the_terminal(mine: Own) -> None:
    bad = request_for(mine, signer="Someone\x1b[2J\nelse\u202e")
    assert read_request(bad.written()).signer == "Someone [2J else "


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"format":"testamur-signing-answer","v":1}', b"\xff"])
def test_an_answer_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(RequestUnreadable):
        read_answer(data)


def test_a_file_that_does_not_open_is_refused_after_three_tries(mine: Own, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask_(prompt: str) -> str:
        asked.append(prompt)
        return "wrong"

    with pytest.raises(KeyRefused):
        open_file(mine.file(tmp_path), ask_)
    assert len(asked) == 3
    with pytest.raises(KeyRefused):
        open_file(tmp_path / "none.p12", ask_)


def test_a_key_signs_only_while_it_is_open(mine: Own, tmp_path: Path) -> None:
    key: FileKey = mine.opened(tmp_path)
    with pytest.raises(KeyRefused):
        key.sign(b"x")
    key.unlock(lambda _prompt: PASSWORD)
    assert verifies(mine.der, key.sign(b"x"), b"x")
    key.lock()
    with pytest.raises(KeyRefused):
        key.sign(b"x")
