"""SAML: what is asked for, and every way in which an answer is not believed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from lxml import etree
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.methods.contract import Asked, Begun, MethodRefused
from testamur.access.accounts.methods.saml import metadata
from testamur.access.accounts.methods.saml.method import Saml
from testamur.access.accounts.methods.saml.settings import NotSetUp, Table, read, where
from testamur.access.accounts.methods.saml.xml import parse, signed
from testamur.access.accounts.rules import Level, Purpose
from tests.access.conftest import HERE, NOW, RUT
from tests.gateways.saml import DSIG, LOA3, PNR, SAML, Element, Pair, Provider, wrapped
from tests.gateways.saml import Asked as Request

ATTEMPT = UUID("018f0000-0000-7000-8000-000000000001")
IDP, US, FOREIGN = Provider(), Pair.made("us"), Pair.made("idp")
EVIL = "198001010000"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """We trust one provider."""
    return trusting(tmp_path)


def trusting(tmp_path: Path) -> Table:
    """The table that trusts it."""
    (tmp_path / "key.pem").write_bytes(US.key_pem)
    (tmp_path / "cert.pem").write_bytes(US.pem)
    return Table.model_validate(
        {
            "key_file": tmp_path / "key.pem", "certificate_file": tmp_path / "cert.pem",
            "providers": {"skolfed": {
                "label": "Skolfederation", "entity_id": IDP.entity, "metadata": str(IDP.metadata(tmp_path)),
                "levels": {LOA3: "high"}, "identifiers": [{"attribute": PNR, "scheme": "se.personnummer"}],
            }},
        }
    )  # fmt: skip


def started(table: Table, *, purpose: Purpose = Purpose.LOGIN) -> tuple[Saml, Begun, Request]:
    """A try that has begun, and what the provider reads of it."""
    method = Saml(table)
    begun = method.begin(Asked(ATTEMPT, purpose, HERE, {"provider": "skolfed"}, NOW))
    return method, begun, IDP.read(begun.go, US.certificate)


def told(method: Saml, begun: Begun, response: str, now: datetime = NOW, state: str | None = None) -> Any:
    """Where the try stands once that was posted."""
    kept = method.deliver(begun.kept, {"state": state or begun.kept["state"], "response": response}, now)
    assert kept is not None
    return method.proceed(kept, {"state": begun.kept["state"]}, now)


@pytest.mark.feature("A10", "A23")
@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
def test_an_answer_that_is_right_in_everything_finds_a_number_and_a_level(table: Table, sign: str):
    method, begun, asked = started(table)
    assert (asked.contexts, asked.force, asked.issuer) == ([LOA3], False, table.us)
    assert asked.state == begun.kept["state"]
    found = told(method, begun, IDP.response(asked, RUT.personal_number, NOW, sign=sign)).found
    assert (found.numbers, found.level) == ((("se.personnummer", RUT.personal_number, ""),), Level.HIGH)


def test_nothing_comes_of_a_try_before_its_answer_came(table: Table):
    method, begun, _asked = started(table)
    waiting = method.proceed(begun.kept, {"state": begun.kept["state"]}, NOW)
    assert (waiting.found, waiting.failed) == (None, False)
    assert method.proceed(begun.kept, {"state": "another"}, NOW).failed


def test_an_answer_is_taken_once_and_only_with_the_state_of_its_try(table: Table):
    method, begun, asked = started(table)
    response = IDP.response(asked, RUT.personal_number, NOW)
    assert method.deliver(begun.kept, {"state": "another", "response": response}, NOW) is None
    kept = method.deliver(begun.kept, {"state": asked.state, "response": response}, NOW)
    assert kept is not None
    assert method.deliver(kept, {"state": asked.state, "response": response}, NOW) is None
    other, again, _request = started(table)
    assert told(other, again, response).failed  # the answer to one request is none to the next


def attribute(path: str, name: str, value: str | None) -> Callable[[Element], None]:
    """A change of an attribute of the first element of that name."""

    def change(root: Element) -> None:
        one = root if path == "Response" else next(root.iter(f"{{{SAML}}}{path}"))
        if value is None:
            del one.attrib[name]
        else:
            one.set(name, value)

    return change


def content(path: str, value: str) -> Callable[[Element], None]:
    """A change of the text of the last element of that name."""

    def change(root: Element) -> None:
        list(root.iter(f"{{{SAML}}}{path}"))[-1].text = value

    return change


def remove(one: Element) -> None:
    """It is not there."""
    above = one.getparent()
    assert above is not None
    above.remove(one)


def without(path: str) -> Callable[[Element], None]:
    """The first element of that name is not there."""

    def change(root: Element) -> None:
        remove(next(root.iter(f"{{{SAML}}}{path}")))

    return change


def twice(root: Element) -> None:
    """Two numbers of one person."""
    one = next(root.iter(f"{{{SAML}}}AttributeValue"))
    above = one.getparent()
    assert above is not None
    etree.SubElement(above, one.tag).text = EVIL


PAST, FUTURE = "2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"
WRONG = {
    "expired": attribute("Conditions", "NotOnOrAfter", PAST),
    "not yet": attribute("Conditions", "NotBefore", FUTURE),
    "no end": attribute("Conditions", "NotOnOrAfter", None),
    "audience": content("Audience", "https://another.example/"),
    "no audience": without("AudienceRestriction"),
    "no conditions": without("Conditions"),
    "recipient": attribute("SubjectConfirmationData", "Recipient", "https://another.example/acs"),
    "confirmed for another": attribute("SubjectConfirmationData", "InResponseTo", "_another"),
    "confirmation over": attribute("SubjectConfirmationData", "NotOnOrAfter", PAST),
    "no confirmation": without("SubjectConfirmation"),
    "holder of key": attribute("SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
    "issuer": content("Issuer", "https://another.example/"),
    "level": content("AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"),
    "no statement": without("AuthnStatement"),
    "instant": attribute("AuthnStatement", "AuthnInstant", FUTURE),
    "session over": attribute("AuthnStatement", "SessionNotOnOrAfter", PAST),
    "old": attribute("Assertion", "IssueInstant", PAST),
    "no time": attribute("Assertion", "IssueInstant", "noon"),
    "two numbers": twice,
    "no number": without("AttributeStatement"),
    "answer to another": attribute("Response", "InResponseTo", "_another"),
    "unasked for": attribute("Response", "InResponseTo", None),
    "destination": attribute("Response", "Destination", "https://another.example/"),
    "version": attribute("Response", "Version", "1.1"),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_an_answer_that_is_wrong_in_anything_is_refused(table: Table, wrong: str):
    method, begun, asked = started(table)
    response = IDP.response(asked, RUT.personal_number, NOW, change=WRONG[wrong])
    progress = told(method, begun, response)
    assert (progress.failed, progress.hint, progress.found) == (True, "providerRefused", None)


@pytest.mark.parametrize("kind", range(1, 9))
def test_a_wrapped_signature_covers_nobody_else(table: Table, kind: int):
    method, begun, asked = started(table)
    response = IDP.response(
        asked, RUT.personal_number, NOW, sign="response" if kind < 3 else "assertion", after=wrapped(kind, EVIL)
    )
    assert EVIL.encode() in b64decode(response)
    progress = told(method, begun, response)
    assert progress.found is None
    assert progress.failed


def commented(root: Element) -> None:
    """A comment in the number, which canonical XML leaves out."""
    one = next(root.iter(f"{{{SAML}}}AttributeValue"))
    one.text, rest = (one.text or "")[:8], (one.text or "")[8:]
    comment = etree.Comment("x")
    comment.tail = rest
    one.append(comment)


def unsigned(root: Element) -> None:
    """The signature is gone."""
    for one in list(root.iter(f"{{{DSIG}}}Signature")):
        remove(one)


def hollow(root: Element) -> None:
    """The signature's reference names nothing."""
    next(root.iter(f"{{{DSIG}}}Reference")).set("URI", "")


@pytest.mark.parametrize("after", [commented, unsigned, hollow, content("AttributeValue", EVIL)])
def test_what_was_changed_after_signing_is_refused(table: Table, after: Callable[[Element], None]):
    method, begun, asked = started(table)
    assert told(method, begun, IDP.response(asked, RUT.personal_number, NOW, after=after)).failed


def test_what_another_key_signed_is_refused_whatever_certificate_it_brings(table: Table):
    method, begun, asked = started(table)
    assert told(method, begun, IDP.response(asked, RUT.personal_number, NOW, by=FOREIGN)).failed


def test_one_bad_signature_of_two_is_enough_to_refuse(table: Table):
    method, begun, asked = started(table)

    def spoil(root: Element) -> None:
        value = list(root.iter(f"{{{DSIG}}}SignatureValue"))[-1]
        value.text = b64encode(b"\0" * 256).decode()

    assert told(method, begun, IDP.response(asked, RUT.personal_number, NOW, sign="both", after=spoil)).failed


@pytest.mark.parametrize(
    "response",
    [
        "",
        "!!",
        b64encode(b"<a/>").decode(),
        b64encode(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>').decode(),
        "A" * 400_000,
    ],
)
def test_what_is_no_answer_at_all_is_refused(table: Table, response: str):
    method, begun, _asked = started(table)
    assert told(method, begun, response).failed


def test_who_was_not_identified_there_is_told_so(table: Table):
    method, begun, asked = started(table)

    def denied(root: Element) -> None:
        code = next(one for one in root.iter() if str(one.tag).endswith("StatusCode"))
        code.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")

    response = IDP.response(asked, RUT.personal_number, NOW, change=denied)
    assert told(method, begun, response).hint == "providerDenied"


def test_to_confirm_asks_to_identify_anew_and_takes_no_older_answer(table: Table):
    method, begun, asked = started(table, purpose=Purpose.CONFIRM)
    assert asked.force
    earlier = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    old = IDP.response(asked, RUT.personal_number, NOW, change=attribute("AuthnStatement", "AuthnInstant", earlier))
    assert told(method, begun, old).failed
    method, begun, asked = started(table, purpose=Purpose.CONFIRM)
    assert told(method, begun, IDP.response(asked, RUT.personal_number, NOW)).found is not None


def test_our_metadata_are_signed_and_name_the_one_address_that_takes_answers(table: Table):
    told_ = signed(parse(metadata.ours(table, now=NOW)), [US.certificate])
    assert told_.get("entityID") == table.us
    (place,) = told_.iter("{urn:oasis:names:tc:SAML:2.0:metadata}AssertionConsumerService")
    assert str(place.get("Location")).endswith("/account/saml/acs/")


def test_metadata_from_an_address_need_their_signature(table: Table, tmp_path: Path):
    signer = Pair.made("federation")
    (tmp_path / "signer.pem").write_bytes(signer.pem)
    url = "https://md.example/idp.xml"
    changed = {"metadata": url, "metadata_certificate": tmp_path / "signer.pem"}
    ours = table.providers["skolfed"].model_copy(update=changed)
    trusting = table.model_copy(update={"providers": {"skolfed": ours}})
    asked = Asked(ATTEMPT, Purpose.LOGIN, HERE, {"provider": "skolfed"}, NOW)
    for by, good in ((None, False), (FOREIGN, False), (signer, True)):
        data = IDP.metadata(tmp_path, signer=by).read_bytes()
        method = Saml(trusting, httpx.MockTransport(lambda _request, data=data: httpx.Response(200, content=data)))
        if good:
            assert method.begin(asked).go.startswith(IDP.sso)
        else:
            with pytest.raises(MethodRefused):
                method.begin(asked)


def test_a_file_that_trusts_too_much_is_not_used(table: Table, tmp_path: Path, settings: SettingsWrapper):
    settings.SAML = None
    with pytest.raises(NotSetUp):
        where()
    path = tmp_path / "saml.toml"
    path.write_text(
        f'key_file = "{table.key_file}"\ncertificate_file = "{table.certificate_file}"\n'
        '[providers.x]\nlabel = "X"\nentity_id = "x"\nmetadata = "https://md.example/x"\n'
        'levels = { a = "low" }\nidentifiers = [{ attribute = "a", scheme = "se.personnummer" }]\n'
    )
    settings.SAML = path
    with pytest.raises(NotSetUp, match="metadata_certificate"):
        read(*where())
