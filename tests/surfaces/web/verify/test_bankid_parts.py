"""XML, BankID signatures, OCSP, evidence and policies: the browser's verifier answers as the Python one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from testamur.kernel.proofs import bankid_xml, notes
from testamur.kernel.proofs.bankid import verify_bankid
from testamur.kernel.proofs.evidence import verify_evidence
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.policies import parse_policy
from testamur.kernel.proofs.snapshot import parse_snapshot
from tests.conformance import bad_files, builder
from tests.kernel.proofs import eid
from tests.kernel.proofs.odd import ODD, places, put
from tests.surfaces.web.verify.harness import Thrown, ask
from tests.surfaces.web.verify.parity import asked, millis, mutants, still, told

DAY = timedelta(days=1)


# --- XML -----------------------------------------------------------------------------------------


def xml(data: bytes) -> list[bytes]:
    root = bankid_xml.parse(data)
    return [bankid_xml.canonical(element) for element in (root, *root)]


def same_xml(data: bytes) -> bool:
    ours = told(xml, data)
    assert asked("xml", data) == ours, data
    return isinstance(ours, list)


INNER = '<a Id="x"><b id="y">t</b></a>'
DOCUMENTS = [
    INNER, "\ufeff" + INNER, " \n" + INNER + "\n", '<?xml version="1.0"?>' + INNER, '<?xml version="1.1"?>' + INNER,
    "<?xml version='1.0' encoding='utf-8' standalone='no' ?>" + INNER, '<?xml version="2.0"?>' + INNER,
    '<?xml version="1.0" encoding="ISO-8859-1"?>' + INNER, '<?xml version="1.0" encoding="none"?>' + INNER,
    '<?xml encoding="UTF-8"?>' + INNER, ' <?xml version="1.0"?>' + INNER, "<!--c-->" + INNER, INNER + "<?p q?>",
    "<!DOCTYPE a>" + INNER, '<!DOCTYPE a [<!ENTITY f "x">]>' + INNER, INNER + "<c/>", INNER * 2, "", "text",
    '<a Id="x"><b id="y">&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#13;&#9;</b></a>', '<a Id="x"><b id="y">&foo;</b></a>',
    '<a Id="x"><b id="y">&#0;</b></a>', '<a Id="x"><b id="y">&#xD800;</b></a>', '<a Id="x"><b id="y">&#65</b></a>',
    '<a Id="x"><b id="y"><![CDATA[x<&]]>y</b></a>', '<a Id="x"><b id="y"><![CDATA[<!ENTITY]]></b></a>',
    '<a Id="x"><b id="y">]]></b></a>', '<a Id="x"><!-- c --><b id="y"/></a>', '<a Id="x"><?p q?><b id="y"/></a>',
    '<a Id="x" Id="y"/>', '<a xmlns:p="u:u" xmlns:q="u:u" p:Id="x" q:Id="y"/>', '<a Id="<" id="y"/>',
    "<a Id='a\r\n\tb&#10;&#9;&#13;\"' id=\"y>'\"/>", "<a Id=x id='y'/>", '<a Id="x"id="y"/>', '<a Id="a&b" id="y"/>',
    '<p:a Id="x" id="y"/>', '<a p:Id="x" id="y"/>', '<a xmlns="rel" Id="x" id="y"/>', '<a xmlns="a b" Id="x" id="y"/>',
    '<a xmlns:p="" Id="x" id="y"/>', '<a xmlns:xml="u:u" Id="x" id="y"/>', '<a xmlns:xmlns="u:u" Id="x" id="y"/>',
    '<a xml:lang="sv" xml:id="x" id="y"/>', '<a xml:id="1 x" id="y"/>', '<:a Id="x" id="y"/>', '<å Id="x" id="y"/>',
    '<a:b:c xmlns:a="u:u" Id="x" id="y"/>', '<a Id="x" ><b id = "y" /></a >', '<a Id="x"><b id="y"></a></b>',
    '<a Id="x"><b id="y">', '<a Id="x"><b id="y">\x01</b></a>', '<a Id="x"><b id="y">\x7f\x85\u2028</b></a>',
    '<a Id="x">\r\n<b id="y">a\r\nb\rc</b></a>', '<a Id="x">\u00a0\x85<b id="y"/></a>',
    '<a Id="x">\ufeff<b id="y"/></a>',
    '<a Id="x">t<b id="y"/></a>', '<a Id="x"><b id="y"/>t</a>', '<a Id="x"><b id="y" ID="z"/></a>', '<a Id="x"/>',
    '<a xmlns:p="x:u" xmlns="x:d" xmlns:o="x:o" p:z="1" o:z="2" z="3" b="1" Id="x"><b xmlns:p="x:u" id="y"/></a>',
    '<a xmlns="x:d" Id="x"><b xmlns="x:d" id="y"><c xmlns=""/><p:d xmlns:p="x:v"><e/></p:d></b></a>',
    "<a>" * 255 + '<b Id="x" id="y"/>' + "</a>" * 255,
    "<a>" * 256 + '<b Id="x" id="y"/>' + "</a>" * 256, '<a xmlns:q="http://a?b&amp;c#d[" Id="x" id="y"/>',
]  # fmt: skip
RAW = [
    INNER.encode("utf-16"), INNER.encode("utf-16-be"), INNER.encode("utf-32"), b'<a Id="x" id="\xe5"/>',
    '<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16") + INNER.encode("utf-16-le"), INNER.encode() + b"\0",
    b'<a Id="x" id="\xc0\x80"/>', bytes((1 << 20) + 1),
]  # fmt: skip


def test_documents_of_every_kind_are_read_written_or_refused_alike() -> None:
    read = [same_xml(data) for data in (*(text.encode() for text in DOCUMENTS), *RAW)]
    assert 15 <= sum(read) < len(read) - 30


SNIPPETS = [
    *"<>/\"'&;# \n\t=:-.1%[]å", "&amp;", "&#65;", "<!--c-->", "<?p q?>", "<![CDATA[x]]>", "]]>", 'xmlns=""', "p:",
    "<e/>", ' xmlns:p="x:v"', ' Id="4"', "</e>", "<e>", "\x85", "\ufeff", "\x01", "&foo;", 'version="1.1"',
    "<!DOCTYPE a>",
]  # fmt: skip


def test_a_thousand_damaged_documents_are_read_or_refused_alike() -> None:
    rng = random.Random(7)
    small = (
        '<?xml version="1.0" encoding="UTF-8"?><p:a xmlns:p="x:u" xmlns="x:d" Id="1"><b p:q="2" xml:lang="sv" z="&#xe5;'
        '&lt;"> <c>te&amp;xt<![CDATA[cd]]></c>\n<d xmlns="" id=\'3\'/> </b></p:a>'
    )
    for _ in range(1000):
        text = small
        for _ in range(rng.choice((1, 1, 2))):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice([*SNIPPETS, ""]) + text[at + rng.randrange(2) :]
        same_xml(text.encode())


# --- BankID --------------------------------------------------------------------------------------

NAMES = {
    "expected_nonvisible": "expectedNonvisible", "expected_visible": "expectedVisible",
    "require_signing": "requireSigning", "expected_rp_name": "expectedRpName",
}  # fmt: skip


def bankid(signature: bytes, response: bytes | None, roots: list[bytes], **options: Any) -> dict[str, Any]:
    expected: dict[str, Any] = {"expected_nonvisible": None, "expected_visible": None} | options
    found = verify_bankid(signature, response, roots=roots, **expected)
    return {
        "personalNumber": found.personal_number, "name": found.name, "given": found.given, "surname": found.surname,
        "visible": found.visible, "visibleFormat": found.visible_format, "nonvisible": found.nonvisible,
        "rpName": found.rp_name, "rpDisplayName": found.rp_display_name, "function": found.function,
        "signedAt": millis(found.signed_at), "policies": list(found.policies), "test": found.test,
        "certificates": list(found.certificates), "ocspChecked": found.ocsp_checked,
    }  # fmt: skip


def same_bankid(signature: bytes, response: bytes | None, roots: list[bytes] | None = None, **options: Any) -> str:
    roots = [eid.shared_root().der] if roots is None else roots
    ours = told(bankid, signature, response, roots, **options)
    named = {NAMES[name]: item for name, item in options.items()} | {"roots": roots}
    assert asked("bankid", signature, response, named) == ours
    return "ok" if isinstance(ours, dict) else str(ours.code)


def signed(person: eid.Eid, data: str | None = None, **options: Any) -> tuple[bytes, bytes]:
    signature = eid.signature_xml(person, data, **options)
    return signature, eid.ocsp_response(person, signature)


def test_people_and_their_certificates_are_judged_alike() -> None:
    person = eid.person()
    signature, response = signed(person)
    assert same_bankid(signature, response) == "ok"
    assert same_bankid(signature, response, []) == "bankid.roots.absent"
    assert same_bankid(signature, None) == "bankid.ocsp.absent"
    assert same_bankid(signature, response, [eid.issue("Provrot TEST", None, ca=True).der]) == "chain.untrusted"
    codes = {
        same_bankid(*signed(eid.person(**changes)))
        for changes in (
            {"number": "123"}, {"policy": "1.2.3"}, {"policy": "1.2.752.78.1.1"}, {"end": eid.AT - DAY},
            {"key_usage": eid.usage(crl_sign=True)}, {"start": eid.AT + DAY},
            {"key_usage": eid.usage(key_cert_sign=True, content_commitment=True)},
        )
    }  # fmt: skip
    assert codes == {
        "ok", "bankid.personal_number", "bankid.policy", "bankid.key_usage", "chain.expired", "chain.not_yet_valid",
    }  # fmt: skip
    user, customer, bank = person.chain
    for carried in ((user,), (user, customer), (user, bank, customer), (user, b"junk"), (*person.chain,) * 2, ()):
        assert same_bankid(*signed(person, certificates=carried)) != "ok"


def test_signed_data_is_read_alike() -> None:
    person = eid.person()
    shown = ' charset="UTF-8" visible="wysiwys"'
    for changes in (
        {"visible": None}, {"nonvisible": None}, {"function": "Identification"}, {"function": " Signing\n"},
        {"function": "Sign ing"}, {"visible_attributes": shown + ' format="simpleMarkdownV1"'},
        {"visible_attributes": shown + ' format="x"'}, {"visible_attributes": ' charset="UTF-8"'},
        {"extra": "<x></x>"}, {"extra": "<!--c-->"},
    ):  # fmt: skip
        pair = signed(person, eid.signed_data(**changes))
        same_bankid(*pair)
        same_bankid(*pair, require_signing=False, expected_visible=b"Jag skriver under.", expected_nonvisible=b"{}")
    for extra in ('<x xmlns="rel"></x>', "<å></å>"):  # neither has a canonical form
        assert same_bankid(*signed(person, eid.signed_data(extra=extra))) == "bankid.shape"
    expected: list[dict[str, Any]] = [{"visible": b"x"}, {"nonvisible": b"x"}, {"rp_name": "x"}]
    for wrong in expected:
        named = {f"expected_{name}": item for name, item in wrong.items()}
        assert same_bankid(*signed(person), **named).startswith("bankid.")
    data = eid.signed_data()
    for old, new in (
        ("<nonce>", '<nonce a="b">'), ("UHJvdmtvbW11bmVu", "/w=="), ("UHJvdmtvbW11bmVu", "UHJv dm\ntv"),
        ("</srvInfo>", ""), ("<srvInfo>", "<srvInfo>x"), ("<funcId>", "<funcId></funcId><funcId>"),
        (' Id="bidSignedData"', ""),
        ("<uauth>pw</uauth>", '<q xmlns="x:y"></q>'), ("<bankIdSignedData", '<bankIdSignedData xmlns:z="z:z"'),
    ):  # fmt: skip
        same_bankid(*signed(person, data.replace(old, new)))


def test_the_shape_of_a_signature_is_judged_alike() -> None:
    signature, response = signed(eid.person())
    text = signature.decode()
    for old, new in (
        ("#bidKeyInfo", "#other"), ('Type="', 'Type="x'), ("#rsa-sha256", "#rsa-sha1"),
        ("xmlenc#sha256", "xmlenc#sha512"), ("<DigestMethod ", '<DigestMethod a="" '),
        ("<SignatureValue>", "<SignatureValue> "),
        ("<SignatureValue>", "<SignatureValue>AAAA"), ("<Object>", '<Object a="">'), ("</Object>", "</Object>\n"),
        ("<X509Data>", '<X509Data a="">'), ("</SignedInfo>", "</SignedInfo>t"), ('Id="bidKeyInfo"', 'Id="q"'),
        ("<Transforms>", "<Transforms><Transform></Transform>"), ('standalone="no"', 'standalone="yes"'),
    ):  # fmt: skip
        same_bankid(text.replace(old, new).encode(), response)
    material = still()["bankid"]
    frozen, roots = material["xml"], [material["root"]]
    assert same_bankid(frozen, material["ocsp"], roots) == "ok"
    rng = random.Random(3)
    for _ in range(150):
        at = rng.randrange(len(frozen))
        octet = rng.choice(b"<>/\"'& abcXYZ019=+\n#\xc3")
        same_bankid(frozen[:at] + bytes([octet]) + frozen[at + 1 :], material["ocsp"], roots)


# --- OCSP ----------------------------------------------------------------------------------------


def answers(person: eid.Eid, signature: bytes) -> Iterator[tuple[str, bytes]]:
    gone, unknown = ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
    for code, changes in (
        ("revoked", {"status": gone}), ("unknown", {"status": unknown}), ("nonce", {"nonce": b""}),
        ("other_signature", {"nonce": b"abc"}), ("signature", {"responder": person.bank}),
        ("signature", {"responder": person.user}), ("other_certificate", {"about": person.responder}),
        ("time", {"at": eid.AT + timedelta(hours=1), "produced": eid.AT}),
        ("time", {"at": eid.AT - 3 * DAY, "produced": eid.AT}),
    ):  # fmt: skip
        yield f"bankid.ocsp.{code}", eid.ocsp_response(person, signature, **changes)
    for good in ({"responder": person.customer}, {"hash_algorithm": hashes.SHA256()}, {}):
        yield "ok", eid.ocsp_response(person, signature, **good)
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    yield "bankid.ocsp.unsuccessful", unsuccessful.public_bytes(Encoding.DER)
    stranger = eid.person("199102020000")
    yield "bankid.ocsp.signature", eid.ocsp_response(stranger, signature, responder=stranger.responder)


def test_ocsp_responses_are_judged_alike() -> None:
    person = eid.person()
    signature = eid.signature_xml(person)
    for code, response in answers(person, signature):
        assert same_bankid(signature, response) == code
    alone = eid.signature_xml(person, certificates=(person.user.der,))
    assert same_bankid(alone, eid.ocsp_response(person, alone)) == "bankid.ocsp.issuer"


@pytest.mark.filterwarnings("ignore")  # of the library, about what is as bad as it should be here
def test_mutants_of_an_ocsp_response_are_judged_alike() -> None:
    material = still()["bankid"]
    inside = still()["bankid"]["ocsp"]
    codes = {same_bankid(material["xml"], mutant, [material["root"]]) for mutant in mutants(inside, 200)}
    assert {"bankid.ocsp.malformed", "bankid.ocsp.signature"} <= codes


# --- evidence ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["simulated", "bankid", "sms"])
def test_evidence_with_anything_in_any_place_is_judged_alike(method: str) -> None:
    signers = (builder.EXAMINER if method == "sms" else builder.PRINCIPAL,)
    record = canonical(builder.snapshot(signers=signers))
    snapshot = parse_snapshot(record)
    act = bad_files.ceremony(signers[0], bad_files.first_of(signers))
    signer = eid.person(signers[0].identifier[1])
    ways: dict[str, Callable[[], Any]] = {
        "simulated": act.simulated,
        "sms": act.sms,
        "bankid": partial(act.bankid, signer),
    }
    proof = ways[method]()
    good = act.evidence(1, 0, method, proof)
    leaf = act.leaves[0]
    world = builder.world()
    pinned = {"bankid": [eid.shared_root().der], "simulated": [world.eid_root.der], "sms": [world.sms_root.der]}

    def ours(data: bytes, roots: dict[str, list[bytes]]) -> dict[str, Any]:
        found = verify_evidence(
            data, signer=snapshot.signers[0], snapshot=snapshot, h0=leaf["h0"], size=leaf["size"], roots=roots
        )
        return {
            "method": found.method, "eidName": found.eid_name, "ceremony": str(found.ceremony), "count": found.count,
            "signedAt": millis(found.signed_at), "test": found.test, "note": found.note,
        }  # fmt: skip

    def same(data: bytes, roots: dict[str, list[bytes]] = pinned) -> Any:
        answer, other = (
            told(ours, data, roots),
            asked("evidence", data, record, leaf["h0"], leaf["size"], roots),
        )
        if isinstance(answer, dict):
            other.pop("signer")
        assert other == answer, data
        return answer

    assert isinstance(same(canonical(good)), dict)
    assert same(canonical(good), {}).undecided
    stranger = builder.person_certificate(builder.TEACHER)
    for code, proof in (
        ("other_person", act.simulated(certificate=stranger)),
        ("time", act.simulated(signed_at=builder.AT - timedelta(hours=1))),
        ("other_person", act.bankid(eid.person("199102020000"))),
    ):
        kind = "bankid" if "ocsp" in proof else "simulated"
        assert same(canonical(act.evidence(1, 0, kind, proof))).code == f"evidence.{code}"
    for number, place in enumerate(places(good)):
        for odd in ODD[number % 3 :: 3]:
            same(canonical(put(good, place, odd)))
    for data in (
        b"",
        b"\xff",
        b'{"a":1,"a":1}',
        json.dumps(good).encode(),
        b'{"v":' + b"9" * 5_000 + b"}",
        bytes(5 << 20),
    ):
        same(data)


# --- policies ------------------------------------------------------------------------------------


SETS = [[], ["w1"], ["w1", "w2"], ["w2", "w3"], ["w1", "w2", "w3"]]
"""Of witnesses, each enough or not."""


def policy(data: bytes) -> dict[str, Any]:
    found = parse_policy(data)
    return {
        "logs": [str(vkey) for vkey in found.logs],
        "witnesses": [[name, str(vkey)] for name, vkey in found.witnesses.items()],
        "groups": [[name, group.threshold, list(group.members)] for name, group in found.groups.items()],
        "quorum": found.quorum,
        "enough": [found.satisfied(found.witnesses[name] for name in names) for names in SETS],
    }


def told_of_notes(refusal: type[Exception], call: Callable[..., Any], *arguments: Any) -> Any:
    """The answer, or the sentence of a refusal."""
    try:
        return call(*arguments)
    except refusal as error:
        return getattr(error, "message", None) or str(error)


def test_policies_are_read_alike() -> None:
    world = builder.world()
    log, (one, two, three) = world.log.vkey, (witness.vkey for witness in world.witnesses)
    head = f"log {log}\nwitness w1 {one} https://w1.example\nwitness w2\t {two}\nwitness w3 {three}\n"
    group = "group g 2 w1 w2 w3\n"
    heads = [
        f"{group}quorum g\n", "quorum none", "quorum w1\n# end\n\n", "group g any w1 w2\nquorum g\n", "", "quorum w9\n",
        "group g all w1 w2\ngroup h 1 g w3\nquorum h\n", f"{group}quorum g\nquorum g\n", "group g 0 w1 w2\n",
        "group g 3 w1 w2\nquorum g\n", "group g 01 w1\n", "group g 1 w1 w1\n", "group g 1 w9\n", "group none 1 w1\n",
        "group w1 1 w2\n", "witness w1 x\n", f"witness w9 {one}\n", f"log {log}\n", "quorum å\n",
    ]  # fmt: skip
    alone = [
        "", f"log {one}\n", f"witness w {log}\n", "log a b c\n", "group g 1\n", "quorum\n", "other\n",
        "quorum none\r\n",
        "#\x7f\n", "x" * 70_000,
    ]  # fmt: skip
    for text in (*(head + rest for rest in heads), *alone):
        data = text.encode()
        theirs = told_of_notes(Thrown, ask, "crypto_probes.mjs", "policy", data, SETS)
        assert theirs == told_of_notes(notes.MalformedNote, policy, data), text
