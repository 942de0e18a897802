"""SAML beyond logging in: assertions that were encrypted, metadata that end, and logging out on either side."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.methods.contract import Asked, MethodRefused
from testamur.access.accounts.methods.saml import encryption, kept, logout, metadata
from testamur.access.accounts.methods.saml.method import Saml
from testamur.access.accounts.methods.saml.settings import Table, address
from testamur.access.accounts.methods.saml.xml import Refused
from testamur.access.accounts.rules import Level, Purpose
from tests.access.accounts.test_saml import ATTEMPT, FOREIGN, IDP, US, content, started, told, trusting
from tests.access.conftest import HERE, NOW, RUT
from tests.gateways.saml import SAML, Element, Pair, sealed

VECTORS = Path(__file__).parent / "vectors"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
ASK = Asked(ATTEMPT, Purpose.LOGIN, HERE, {"provider": "skolfed"}, NOW)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """We trust one provider."""
    return trusting(tmp_path)


# -- encrypted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "oaep", "sign"),
    [("gcm", "sha1", "assertion"), ("gcm", "sha256", "both"), ("gcm", "sha1", "response"), ("cbc", "sha1", "response"),
     ("cbc", "sha256", "both")],
)  # fmt: skip
def test_what_was_encrypted_for_us_is_opened_and_believed_by_its_signature(
    table: Table, way: str, oaep: str, sign: str
):
    method, begun, asked = started(table)
    seal = sealed(US.certificate, way=way, oaep=oaep)
    response = IDP.response(asked, RUT.personal_number, NOW, sign=sign, seal=seal)
    assert RUT.personal_number.encode() not in b64decode(response)
    found = told(method, begun, response).found
    assert (found.numbers, found.level) == ((("se.personnummer", RUT.personal_number, ""),), Level.HIGH)


@pytest.mark.parametrize(
    ("seal", "how"),
    [
        (sealed(US.certificate, way="cbc"), {"sign": "assertion"}),  # whoever changes it could read it by our answers
        (sealed(US.certificate, oaep="pkcs1"), {"sign": "both"}),
        (sealed(FOREIGN.certificate), {"sign": "both"}),
        (sealed(US.certificate), {"sign": "none"}),
        (sealed(US.certificate), {"sign": "assertion", "by": FOREIGN}),
        (sealed(US.certificate), {"sign": "assertion", "change": content("Audience", "https://another.example/")}),
    ],
)  # fmt: skip
def test_what_was_encrypted_is_believed_no_more_than_what_was_not(
    table: Table, seal: Callable[[bytes], Element], how: dict[str, Any]
):
    method, begun, asked = started(table)
    progress = told(method, begun, IDP.response(asked, RUT.personal_number, NOW, seal=seal, **how))
    assert (progress.failed, progress.hint) == (True, "providerRefused")


def nested(data: bytes) -> Element:
    """Another assertion inside the encrypted one."""
    root = etree.fromstring(data)
    root.append(etree.fromstring(f'<saml:Advice xmlns:saml="{SAML}"><saml:Assertion ID="_x"/></saml:Advice>'))
    return sealed(US.certificate)(etree.tostring(root))


def doubled(data: bytes) -> Element:
    """A doctype inside what was encrypted."""
    return sealed(US.certificate)(b'<!DOCTYPE a [<!ENTITY b "c">]>' + data)


def cut(data: bytes) -> Element:
    """One octet of what was encrypted is another."""
    one = sealed(US.certificate)(data)
    (value,) = one.findall("*/{http://www.w3.org/2001/04/xmlenc#}CipherData/*")
    text = "".join((value.text or "").split())
    value.text = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    return one


@pytest.mark.parametrize("seal", [nested, doubled, cut])
def test_what_is_odd_inside_is_refused(table: Table, seal: Callable[[bytes], Element]):
    method, begun, asked = started(table)
    assert told(method, begun, IDP.response(asked, RUT.personal_number, NOW, seal=seal)).failed


def test_what_another_library_encrypted_is_opened():
    """The vector was made once with xmlsec: AES-256-GCM under RSA-OAEP, the namespaces declared around it."""
    sealed_by_xmlsec = etree.fromstring((VECTORS / "encrypted-by-xmlsec.xml").read_bytes())
    key = (VECTORS / "encrypted-by-xmlsec.key.pem").read_bytes()
    assertion = encryption.opened(sealed_by_xmlsec, key, signed=False)
    assert assertion.get("ID") == "_vector"
    assert assertion.findtext(f"{{{SAML}}}Issuer") == "https://idp.example.invalid/"
    other = Pair.made("other")
    with pytest.raises(Refused):
        encryption.opened(sealed_by_xmlsec, other.key_pem, signed=False)


def test_a_key_of_its_own_opens_and_stands_in_our_metadata(table: Table, tmp_path: Path):
    other = Pair.made("opener")
    (tmp_path / "enc.key").write_bytes(other.key_pem)
    (tmp_path / "enc.pem").write_bytes(other.pem)
    files = {"encryption_key_file": tmp_path / "enc.key", "encryption_certificate_file": tmp_path / "enc.pem"}
    mine = table.model_copy(update=files)
    method, begun, asked = started(mine)
    response = IDP.response(asked, RUT.personal_number, NOW, seal=sealed(other.certificate))
    assert told(method, begun, response).found is not None
    root = etree.fromstring(metadata.ours(mine, now=NOW))
    uses = {
        key.get("use"): "".join(str(text) for text in key.itertext()).strip()
        for key in root.iter(f"{{{MD}}}KeyDescriptor")
    }
    assert uses["encryption"] == "".join(other.pem.decode().split("\n")[1:-2])
    assert uses["signing"] == "".join(US.pem.decode().split("\n")[1:-2])
    places = {one.get("Location") for one in root.iter(f"{{{MD}}}SingleLogoutService")}
    assert places == {address("slo/")}
    with pytest.raises(ValueError, match="go together"):
        Table.model_validate({**table.model_dump(), "encryption_key_file": tmp_path / "enc.key"})


# -- metadata from an address -----------------------------------------------------------------------------------

SIGNER = Pair.made("federation")


@pytest.fixture
def listed(table: Table, tmp_path: Path, settings: SettingsWrapper) -> Table:
    """The provider's metadata stand in a list of a federation."""
    settings.DATA = tmp_path / "data"
    (tmp_path / "signer.pem").write_bytes(SIGNER.pem)
    changed = {"metadata": "https://md.example/list.xml", "metadata_certificate": tmp_path / "signer.pem"}
    return table.model_copy(update={"providers": {"skolfed": table.providers["skolfed"].model_copy(update=changed)}})


class Federation:
    """An address that says what it is told to, and counts."""

    def __init__(self, *said: bytes) -> None:
        self.said, self.asked = list(said), 0

    def method(self, table: Table) -> Saml:
        """Ours, which asks there."""

        def answer(_request: httpx.Request) -> httpx.Response:
            self.asked += 1
            one = self.said[min(self.asked, len(self.said)) - 1]
            return httpx.Response(200, content=one) if one else httpx.Response(503)

        return Saml(table, httpx.MockTransport(answer))


def test_what_was_believed_is_kept_and_nobody_who_logs_in_waits_for_it(listed: Table):
    federation = Federation(IDP.described(signer=SIGNER, until="2040-01-01T00:00:00Z"), b"")
    method = federation.method(listed)
    assert method.refresh(now=NOW) == 1
    for _ in range(3):
        assert method.begin(ASK).go.startswith(IDP.sso)
    assert federation.asked == 1
    assert method.refresh(now=NOW + timedelta(hours=1)) == 0  # it does not answer: what was believed holds
    assert method.begin(ASK).go.startswith(IDP.sso)


def test_what_is_signed_by_somebody_else_or_over_takes_the_place_of_nothing(listed: Table):
    good = IDP.described(signer=SIGNER)
    wrong = IDP.described(signer=FOREIGN), IDP.described(), IDP.described(signer=SIGNER, until="2020-01-01T00:00:00Z")
    method = Federation(good, *wrong).method(listed)
    assert method.refresh(now=NOW) == 1
    for _ in wrong:
        assert method.refresh(now=NOW) == 0
        assert kept.of(listed.providers["skolfed"], now=NOW) is not None


def test_what_is_kept_ends_with_its_own_word_and_after_a_week_at_the_latest(listed: Table):
    provider = listed.providers["skolfed"]
    soon = (NOW + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    Federation(IDP.described(signer=SIGNER, until=soon)).method(listed).refresh(now=NOW)
    assert kept.of(provider, now=NOW + timedelta(hours=4)) is not None
    assert kept.of(provider, now=NOW + timedelta(hours=6)) is None
    silent = Federation(b"").method(listed)
    with pytest.raises(MethodRefused):
        silent.begin(Asked(ATTEMPT, Purpose.LOGIN, HERE, {"provider": "skolfed"}, NOW + timedelta(hours=6)))
    Federation(IDP.described(signer=SIGNER)).method(listed).refresh(now=NOW)
    assert kept.of(provider, now=NOW + timedelta(days=6)) is not None
    assert kept.of(provider, now=NOW + timedelta(days=8)) is None


def test_with_another_signer_what_the_former_one_said_is_believed_no_more(listed: Table, tmp_path: Path):
    Federation(IDP.described(signer=SIGNER)).method(listed).refresh(now=NOW)
    (tmp_path / "signer.pem").write_bytes(FOREIGN.pem)
    assert kept.of(listed.providers["skolfed"], now=NOW) is None


# -- logging out ------------------------------------------------------------------------------------------------

LEAVING = IDP.__class__(slo="https://idp.example/slo", pair=IDP.pair)


@pytest.fixture
def leaving(table: Table, tmp_path: Path) -> Saml:
    """A provider that has an address for logging out."""
    LEAVING.metadata(tmp_path)
    return Saml(table)


def query(url: str) -> str:
    """What stands behind the question mark."""
    return url.partition("?")[2]


def test_a_providers_word_is_believed_by_its_signature_over_the_query(leaving: Saml):
    url = LEAVING.leaving(address("slo/"), "somebody", NOW, session="s1")
    name, provider, asked = leaving.left(data=logout.packed(query(url)), query=query(url), now=NOW)
    assert (name, asked.name_id.value, asked.sessions) == ("skolfed", "somebody", ("s1",))
    answer = LEAVING.read_answer(leaving.answer(provider, asked, state="theirs", now=NOW), US.certificate)
    assert answer == ("_leaving", "urn:oasis:names:tc:SAML:2.0:status:Success", "theirs")
    posted = LEAVING.leaving_posted(address("slo/"), "somebody", NOW)
    assert leaving.left(data=logout.posted(posted), query=None, now=NOW)[2].name_id.value == "somebody"


@pytest.mark.parametrize(
    "change",
    [
        {"by": FOREIGN},
        {"Destination": "https://another.example/"},
        {"IssueInstant": "2020-01-01T00:00:00Z"},
        {"NotOnOrAfter": "2020-01-01T00:00:00Z"},
        {"Version": "1.1"},
    ],
)
def test_a_word_that_is_wrong_in_anything_logs_nobody_out(leaving: Saml, change: dict[str, Any]):
    url = query(LEAVING.leaving(address("slo/"), "somebody", NOW, **change))
    with pytest.raises(Refused):
        leaving.left(data=logout.packed(url), query=url, now=NOW)


def test_a_query_that_was_changed_cut_or_doubled_logs_nobody_out(leaving: Saml):
    good = query(LEAVING.leaving(address("slo/"), "somebody", NOW))
    other = query(LEAVING.leaving(address("slo/"), "another", NOW))
    head, rest = other.partition("&RelayState")[0], good.partition("&RelayState")[2]
    wrong = (
        good.replace("theirs", "ours"), good.partition("&Signature")[0], f"{head}&RelayState{rest}",
        f"{good}&SAMLRequest=x", good.replace("rsa-sha256", "rsa-sha1"), good.replace("rsa-sha256", "ecdsa-sha256"),
    )  # fmt: skip
    data = logout.packed(good)
    for one in wrong:
        with pytest.raises(Refused):
            leaving.left(data=data, query=one, now=NOW)
    for one in ("", "SAMLRequest=", "SAMLRequest=!!", "SAMLRequest=AAAA"):
        with pytest.raises(Refused):
            logout.packed(one)


def test_our_word_names_whom_the_provider_named(leaving: Saml):
    session = {"provider": "skolfed", "index": "s1", "value": "somebody", "format": "f", "qualifier": "", "ours": ""}
    told_ = LEAVING.read_leaving(leaving.leaving(session, now=NOW), US.certificate)
    assert told_ == ("https://idp.example/slo", leaving.table.us, "somebody", "f", ["s1"])
    assert leaving.leaving({**session, "provider": "gone"}, now=NOW) == ""


def test_a_provider_without_an_address_for_it_is_told_nothing(table: Table):
    session = {"provider": "skolfed", "index": "", "value": "x", "format": "", "qualifier": "", "ours": ""}
    assert Saml(table).leaving(session, now=NOW) == ""
