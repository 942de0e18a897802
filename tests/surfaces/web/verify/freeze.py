"""Makes still.json: genuine certificates, seals, time-stamps and BankID signatures, frozen so that every mutation of
them is the same in every run.

    python -m tests.surfaces.web.verify.freeze

Keys and times in it are new each time it is made; all of it is plainly invented.
"""

from __future__ import annotations

import hashlib
import ipaddress
import itertools
import json
from datetime import timedelta
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from testamur.kernel.proofs.pdf.reader import read
from tests.conformance import builder
from tests.kernel.proofs import eid
from tests.kernel.proofs.eid import b64, issue
from tests.surfaces.web.verify.parity import STILL, closed, opened

TIMES = (
    "20260601083000Z", "20260601083000.5Z", "20260601083000,1234567Z", "202606010830Z", "2026060108Z", "2026060108.25Z",
    "20260601083000", "20260601083000+0200", "20260601083000-01", "20260601083000+9900", "00000601083000Z",
    "20261301083000Z", "20260601083060Z", "20260601083000Z\n", "260601083000Z", "",
)  # fmt: skip
"""What a time-stamp may be made to say: X.680 allows much of it, the rest is nonsense."""


def certificates() -> list[bytes]:
    """Certificates with every kind of key and extension that matters."""
    root = issue("Rot TEST", None, ca=True, path_length=3)
    oid = x509.ObjectIdentifier
    uri = x509.UniformResourceIdentifier("http://prov.example/")
    names = [
        x509.DNSName("prov.example"), x509.RFC822Name("prov@prov.example"), uri, x509.RegisteredID(oid("1.2.3")),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")), x509.OtherName(oid("1.2.3"), b"\5\0"),
        x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Prov")])),
    ]  # fmt: skip
    compromised = frozenset([x509.ReasonFlags.key_compromise])
    notice = x509.UserNotice(x509.NoticeReference("Prov", [1, 2]), "Prövad")
    zoo: list[x509.ExtensionType] = [
        x509.SubjectAlternativeName(names),
        x509.IssuerAlternativeName(names[:1]),
        x509.AuthorityKeyIdentifier(b"abc", names[:1], 7),
        x509.SubjectKeyIdentifier(b"ab"),
        x509.CRLDistributionPoints([x509.DistributionPoint([uri], None, compromised, None)]),
        x509.AuthorityInformationAccess([x509.AccessDescription(oid("1.3.6.1.5.5.7.48.1"), uri)]),
        x509.NameConstraints([x509.DNSName("x"), x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None),
        x509.PolicyConstraints(1, None),
        x509.InhibitAnyPolicy(1),
        x509.OCSPNoCheck(),
        x509.TLSFeature([x509.TLSFeatureType.status_request]),
        x509.MSCertificateTemplate(oid("1.2.3"), 1, 2),
        x509.CertificatePolicies([x509.PolicyInformation(oid("1.2.3"), ["http://prov.example/", notice])]),
    ]
    named = {NameOID.COUNTRY_NAME: "SE", NameOID.ORGANIZATION_NAME: "#Å rg "}
    return [
        root.der,
        issue("RSA TEST", None, key=eid.rsa_key(), algorithm=hashes.SHA512()).der,
        issue(
            'Å+,"<;#>\\ TEST', root, key=ec.generate_private_key(ec.SECP384R1()), policies=("1.2.3.4", "2.999.5"),
            extended=(ExtendedKeyUsageOID.TIME_STAMPING,), subject=named, algorithm=hashes.SHA384(),
        ).der,
        issue(
            "P521 TEST", root, key=ec.generate_private_key(ec.SECP521R1()),
            extensions=tuple((extension, False) for extension in zoo),
        ).der,
    ]  # fmt: skip


def contents(data: bytes) -> bytes:
    """The seal of a file, without its padding."""
    pdf = read(data)
    start = data.rindex(b"/Contents<", 0, pdf.revisions[-1].end) + len(b"/Contents<")
    found = bytes.fromhex(data[start : data.index(b">", start)].decode())
    return bytes(cms.ContentInfo.load(found).dump())


def seals() -> list[dict[str, Any]]:
    """Seals by a P-256 key and by an RSA key, the first with a time-stamp and one without."""
    world = builder.world()
    by_rsa = builder.seal_certificate(world.seal_ca, key=eid.rsa_key())
    built = [
        builder.build(time_stamp=builder.time_stamp),
        builder.good(),
        builder.build(by=by_rsa, chain=[by_rsa.der, world.seal_ca.der]),
    ]
    root = b64(world.seal_root.der)
    return [{"contents": b64(contents(b.data)), "digest": b64(b.sealed.doc_digest), "root": root} for b in built]


def revocations() -> dict[str, str]:
    """What the CA of the seals says of the first seal's certificate: revoked the day before it sealed, or after."""
    world, day = builder.world(), timedelta(days=1)
    days = {"before": builder.AT - day, "after": builder.AT + day}
    return {when: b64(builder.revoked(world.seal, by=world.seal_ca, on=on)) for when, on in days.items()}


def token(time: str) -> bytes:
    """A token over b"sealed" that says `time`, signed anew over that."""
    info = cms.ContentInfo.load(builder.time_stamp(b"sealed"))
    signed = info["content"]
    statement = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents)
    old = statement["gen_time"].dump()
    new = bytes([0x18, len(time)]) + time.encode()
    said = statement.dump()[2:] if statement.dump()[1] < 0x80 else statement.dump()[3:]
    body = said.replace(old, new)
    size = bytes([len(body)]) if len(body) < 0x80 else bytes([0x81, len(body)])
    content = b"\x30" + size + body
    signed["encap_content_info"]["content"] = cms.ParsableOctetString(content)
    (signer,) = signed["signer_infos"]
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            attribute["values"] = [hashlib.sha256(content).digest()]
    covered = signer["signed_attrs"].untag().dump(force=True)
    signer["signature"] = eid.rsa_key(2).sign(covered, padding.PKCS1v15(), hashes.SHA256())
    return bytes(info.dump())


def strange() -> dict[str, str]:
    """Tokens by certificates for other purposes, and one with a certificate in it that nobody there issued."""
    stamping, signing = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING
    purposes = {"none": (), "other": (signing,), "more": (stamping, signing)}
    found = {name: builder.time_stamp(b"sealed", extended=extended) for name, extended in purposes.items()}
    tree = opened(builder.time_stamp(b"sealed"))
    tree[0][1][1][1][0][1][3][1] += opened(issue("Främling TEST", issue("Främmande TEST", None, ca=True)).der)
    return {name: b64(der) for name, der in (found | {"stranger": closed(tree)}).items()}


def stuffed() -> bytes:
    """A token whose certificate carries one number too many, and whose length happens to end in 0x80."""
    for size in itertools.count():
        filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(size))
        tree = opened(builder.time_stamp(b"sealed", extensions=((filler, False),)))
        own = tree[0][1][1][1][0][1][3][1][0]
        own[1].append([2, b"\1"])
        if closed([own])[:4].endswith(b"\x80"):
            return closed(tree)
    raise AssertionError


def frozen() -> dict[str, Any]:
    """All of it."""
    person = eid.person()
    xml = eid.signature_xml(person)
    return {
        "at": int(eid.AT.timestamp()),
        "certificates": [b64(der) for der in certificates()],
        "seals": seals(),
        "crls": revocations(),
        "stamps": {
            "root": b64(builder.tsa_root().der),
            "good": b64(builder.time_stamp(b"sealed")),
            "strange": strange(),
            "stuffed": b64(stuffed()),
            "times": [[time, b64(token(time))] for time in TIMES],
        },
        "bankid": {
            "root": b64(eid.shared_root().der),
            "xml": b64(xml),
            "ocsp": b64(eid.ocsp_response(person, xml)),
        },
    }


if __name__ == "__main__":
    STILL.write_text(json.dumps(frozen(), indent=1) + "\n")
