"""Time-stamps: a real token from OpenSSL over loopback, and every way in which an authority can lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from asn1crypto import cms

from testamur.kernel.base.clock import now as clock_now
from testamur.trust.sealing import testpki, timestamps
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.sealer import Sealer, embed_in_file, embed_proof
from testamur.trust.sealing.testpki import TestPki
from testamur.trust.sealing.timestamps import Authority, TimeStampFailed, check_token, request_token
from tests.trust.sealing import tsa
from tests.trust.sealing.support import EVIDENCE, FIELD_TEXT, LINES, NOW, RECT, conforms, pyhanko, tagged, tool

VALUE = b"a signature value"
IMPRINT = hashlib.sha256(VALUE).digest()


@pytest.fixture(scope="module")
def unit(pki: TestPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tsa.Authority]:
    with tsa.running(tmp_path_factory.mktemp("tsa"), pki, pki.tsa) as authority:
        yield authority


def ask(unit: tsa.Authority, pki: TestPki, *, lie: str = "", policy: str = "", roots: tuple[bytes, ...] = ()) -> bytes:
    unit.lie = lie
    with httpx.Client() as client:
        return request_token(client, Authority(unit.url, roots or (pki.root,), policy), VALUE, now=clock_now())


def test_a_token_is_asked_for_checked_and_returned(unit: tsa.Authority, pki: TestPki) -> None:
    token = ask(unit, pki, policy=tsa.POLICY)
    at = check_token(token, IMPRINT, roots=[pki.root])
    assert abs(at - clock_now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ("imprint", "imprint"),
        ("nonce", "nonce"),
        ("policy", "policy"),
        ("no_certificate", "certificate"),
        ("refuse", "refused"),
        ("damage", "signature"),
        ("short", "malformed"),
        ("junk", "malformed"),
        ("empty", "malformed"),
        ("huge", "malformed"),
        ("error", "unreachable"),
        ("moved", "unreachable"),
    ],
)
def test_an_authority_that_lies_or_fails_is_not_believed(
    unit: tsa.Authority, pki: TestPki, lie: str, reason: str
) -> None:
    with pytest.raises(TimeStampFailed) as failed:
        ask(unit, pki, lie=lie, policy="" if lie == "refuse" else tsa.POLICY)
    assert failed.value.code == f"sealing.time_stamp.{reason}"


def test_a_slow_or_absent_authority_is_a_refusal_not_a_wait(
    unit: tsa.Authority, pki: TestPki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamps, "TIMEOUT", 0.2)
    with pytest.raises(TimeStampFailed, match="did not answer"):
        ask(unit, pki, lie="slow")
    with httpx.Client() as client, pytest.raises(TimeStampFailed, match="did not answer"):
        request_token(client, Authority("http://127.0.0.1:9/", (pki.root,)), VALUE, now=clock_now())


def test_a_token_under_another_root_is_not_believed(unit: tsa.Authority, pki: TestPki, tmp_path: Path) -> None:
    other = testpki.make(tmp_path, organisation="TEST Annan", country="SE", now=NOW)
    with pytest.raises(TimeStampFailed) as failed:
        ask(unit, pki, roots=(other.root,))
    assert failed.value.code == "sealing.time_stamp.certificate"


def test_a_clock_far_from_ours_is_not_believed(unit: tsa.Authority, pki: TestPki) -> None:
    unit.lie = ""
    with httpx.Client() as client, pytest.raises(TimeStampFailed) as failed:
        request_token(client, Authority(unit.url, (pki.root,)), VALUE, now=clock_now() + timedelta(hours=1))
    assert failed.value.code == "sealing.time_stamp.clock"


def test_a_token_for_another_value_does_not_pass_later(unit: tsa.Authority, pki: TestPki) -> None:
    token = ask(unit, pki)
    with pytest.raises(TimeStampFailed, match="another digest"):
        check_token(token, bytes(32), roots=[pki.root])


def test_a_flipped_bit_in_what_is_signed_or_in_the_signature_is_noticed(unit: tsa.Authority, pki: TestPki) -> None:
    token = ask(unit, pki)
    signed = cms.ContentInfo.load(token)["content"]
    signer = signed["signer_infos"][0]
    for part in (
        signed["encap_content_info"]["content"].contents,
        signer["signed_attrs"].contents,
        signer["signature"].contents,
    ):
        start = token.index(part)
        for at in range(start, start + len(part), 3):
            hurt = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
            with pytest.raises(TimeStampFailed):
                check_token(hurt, IMPRINT, roots=[pki.root])


@pytest.mark.feature("A20")
def test_a_stamped_seal_is_level_b_t_for_foreign_software(
    unit: tsa.Authority, pki: TestPki, sealers: dict[Algorithm, Sealer], tmp_path: Path
) -> None:
    batch = sealers[Algorithm.RSA_2048].prepare_batch(LINES)
    sealed = batch.seal(
        tagged(), evidence=EVIDENCE, page=1, rect=RECT, lines=LINES, field_text=FIELD_TEXT, at=clock_now()
    )
    unit.lie = ""
    with httpx.Client() as client:
        token = request_token(client, Authority(unit.url, (pki.root,)), sealed.signature_value, now=clock_now())
    final = embed_proof(sealed, b"proof", token)
    status: Any = pyhanko(final, pki.root)
    assert status.bottom_line
    assert status.timestamp_validity.intact
    assert status.timestamp_validity.trusted
    assert "Signature is Valid" in tool("pdfsig", data=final, tmp=tmp_path)
    assert conforms(final, "3a")
    assert conforms(final, "ua1")
    assert embed_in_file(final, sealed.contents_offset, proof=b"proof") == final
