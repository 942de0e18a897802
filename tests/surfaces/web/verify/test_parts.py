"""The parts of the browser's verifier beside Python's: PDF values, JSON, inflating, trees, notes."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from testamur.kernel.proofs import jcs, merkle, notes, tlog
from testamur.kernel.proofs.pdf import values
from testamur.kernel.proofs.pdf.values import Name, PdfError, Ref
from tests.surfaces.web.verify.harness import Thrown, ask

PARTS = "parts.mjs"


def told(value: values.Value) -> Any:
    """A PDF value as parts.mjs writes it."""
    if isinstance(value, Name):
        return f"/{value}"
    if isinstance(value, float):
        return {"real": struct.pack("<d", value).hex()}
    if isinstance(value, Ref):
        return {"ref": [value.number, value.generation]}
    if isinstance(value, bytes):
        return {"string": value.hex()}
    if isinstance(value, dict):
        return {"dictionary": [[key, told(item)] for key, item in value.items()]}
    return [told(item) for item in value] if isinstance(value, tuple) else value


TOKENS = (
    b"1", b"-2", b"+3", b"0005", b"4.5", b".5", b"6.", b"-.7", b"1 0 R", b"12 65535 R", b"7 0 Rx", b"1 %c\n0 R", b"/N",
    b"/A#42", b"/#00", b"/", b"(a)", b"(a(b)\\)c)", b"(\\101\\r\\\nx\\\r\ny\r\nz\\8)", b"(", b"<41 4>", b"<4G>", b"<",
    b"true", b"false", b"null", b"nullx", b"[", b"]", b"<<", b">>", b" ", b"\n", b"%c\r", b"\0", b"1234567890123456789",
    b"12345678901234567890", b"99999999999 0 R", b"R", b"--1", b"1-2", b"<</K 1/L[2 3 0 R]>>", b"<</K 1/K 2>>", b"\xff",
)  # fmt: skip


def test_chance_values_of_a_pdf_are_read_alike() -> None:
    chance = random.Random(1)
    tried = [b"[" + b" ".join(chance.choices(TOKENS, k=chance.randrange(5))) + b"]" for _ in range(400)]
    tried += [b"".join(chance.choices(TOKENS, k=chance.randrange(1, 4))) for _ in range(400)]
    tried += [b"[" * depth + b"]" * depth for depth in (63, 64, 65)]
    for data in tried:
        try:
            expected: Any = [*map(told_or_offset, values.parse(data))]
        except PdfError as error:
            expected = (error.code, error.message)
        try:
            found: Any = ask(PARTS, "pdfValue", data)
        except Thrown as thrown:
            found = (thrown.code, thrown.message)
        assert found == expected, data


def told_or_offset(value: Any) -> Any:
    return value if type(value) is int else told(value)


JSON = (
    b'{"a":1}', b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.0", b"1.5", b"1e21", b"1e+21", b"-0", b"0", b"01",
    b"9007199254740991", b"9007199254740992", b"100000000000000000000", b'"\\u00e5"', '"å"'.encode(), b'"\\ud800"',
    b'"\xed\xa0\x80"', b'"\\u001f"', b'"\x1f"', b'"\\/"', b'"\\n"', b'"\\x"', b'"', b"[1,]", b"[1 2]", b"{1:2}", b"",
    b'{"a"', b"nul", b"NaN", b"Infinity", b"[]]", b'{"\xc3\xa5":1,"z":2}', b'{"z":2,"\xc3\xa5":1}', b"\xef\xbb\xbf1",
    b'{"__proto__":1}', b'{"2":1,"10":1}', b'{"10":1,"2":1}', b"[" * 200 + b"]" * 200, b'"\xf0\x9f\x98\x80"', b'"\x7f"',
    '{"\U00010000":1,"\uffff":2}'.encode(), '{"\uffff":2,"\U00010000":1}'.encode(), b'"\\u"', b'"\\u12', b"1.", b"-",
)  # fmt: skip


@pytest.mark.parametrize("data", JSON)
def test_canonical_json_is_told_from_other_json(data: bytes) -> None:
    try:
        expected: Any = jcs.parse_canonical(data)
    except (ValueError, RecursionError) as error:
        expected = str(error)
        with pytest.raises(Thrown) as thrown:
            ask("jcs.js", "parseCanonical", data)
        bytes_alone = isinstance(error, UnicodeError)  # worded by the decoder of each side
        assert thrown.value.kind == "ValueError"
        assert bytes_alone or "JSON floats" in expected or thrown.value.message == expected
        return
    assert ask("jcs.js", "parseCanonical", data) == expected


def test_packed_data_is_unpacked_and_refused_as_zlib_does_it() -> None:
    chance = random.Random(2)
    plain = [b"", b"a", bytes(5_000), chance.randbytes(3_000), b"Betyg " * 999, bytes(chance.choices(b"abcd", k=9_000))]
    packed = [zlib.compress(data, level) for data in plain for level in (0, 1, 9)]
    fixed = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_FIXED)
    packed.append(fixed.compress(plain[4]) + fixed.flush())
    tried = [*packed, *(data + b"more" for data in packed), *(data[: len(data) // 2] for data in packed)]
    for _ in range(300):
        spoiled = bytearray(chance.choice(packed))
        spoiled[chance.randrange(min(len(spoiled), 80))] ^= 1 << chance.randrange(8)
        tried.append(bytes(spoiled))
    for data in tried:
        machine = zlib.decompressobj()
        try:
            made = machine.decompress(data, 20_000)
        except zlib.error:
            with pytest.raises(Thrown, match=r"^InflateError: Error -?[0-9] while decompressing data: "):
                ask(PARTS, "unpacked", data, 20_000)
            continue
        found = ask(PARTS, "unpacked", data, 20_000)
        assert (found["plain"], found["whole"], found["unused"]) == (made, machine.eof, len(machine.unused_data)), data
    bomb = ask(PARTS, "unpacked", zlib.compress(bytes(1 << 20)), 1_000)
    assert (len(bomb["plain"]), bomb["whole"], bomb["full"]) == (1_000, False, True)


@pytest.mark.feature("A21")
def test_every_public_inclusion_vector_gets_the_expected_verdict(samples: Path) -> None:
    files = sorted((samples / "tlog" / "merkle-inclusion" / "inclusion").rglob("*.json"))
    assert len(files) == 98
    for file in files:
        vector = json.loads(file.read_text())
        proved = ask(
            "merkle.js",
            "verifyInclusion",
            vector["leafIdx"],
            vector["treeSize"],
            base64.b64decode(vector["leafHash"] or ""),
            [base64.b64decode(h) for h in vector["proof"] or ()],
            base64.b64decode(vector["root"] or ""),
        )
        assert proved != vector["wantErr"], file.name


def test_the_path_of_every_leaf_of_small_trees_leads_to_the_root() -> None:
    for size in (1, 2, 3, 6, 7):
        tree = merkle.MerkleTree([merkle.leaf_hash(bytes([n])) for n in range(size)])
        for index in range(size):
            given = (index, size, merkle.leaf_hash(bytes([index])), tree.path(index), tree.root)
            assert ask("merkle.js", "verifyInclusion", *given) is True
            assert ask("merkle.js", "verifyInclusion", (index + 1) % size, *given[1:]) is (size == 1)


NOTE = "log.example/a\n5\nAAAA\n\n— log.example/a q6urq6s=\n"


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        NOTE.replace("— log", "- log"),
        NOTE.replace("log.example/a q", "log.example/a\u00a0b q"),
        NOTE.replace("log.example/a q", "log+example q"),
        NOTE.replace("q6urq6s=", "q6urq6t="),
        NOTE.replace("q6urq6s=", "q6ur"),
        NOTE.replace("q6urq6s=\n", "q6urq6s="),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\n\n", "\n\n\n"),
        NOTE.replace("5", "5\t"),
        NOTE.replace("5", "5\u2028"),
        NOTE + NOTE.rpartition("\n\n")[2] * 64,
        "\n\n",
    ],
)
def test_notes_are_read_alike(text: str) -> None:
    data = text.encode()
    try:
        parsed = notes.Note.parse(data)
        expected: Any = [parsed.text, [[s.name, s.key_id, s.blob] for s in parsed.signatures]]
    except notes.MalformedNote as error:
        with pytest.raises(Thrown) as thrown:
            ask(PARTS, "note", data)
        expected = ("MalformedNote", str(error))
        assert (thrown.value.kind, thrown.value.message) == expected
        return
    assert ask(PARTS, "note", data) == expected


# --- signatures that browsers cannot check --------------------------------------------------------

LEAF = b"SRL1\x01" + bytes(32)
LOG, ED, OTHER_ED = (
    notes.Ed25519Signer(name, ed25519.Ed25519PrivateKey.generate(), kind)
    for name, kind in (
        ("log.example/a", notes.Kind.ED25519),
        ("ed.example", notes.Kind.COSIGNATURE_ED25519),
        ("ed2.example", notes.Kind.COSIGNATURE_ED25519),
    )
)
ML_DSA = notes.Vkey("pq.example", notes.Kind.COSIGNATURE_ML_DSA_44, bytes(1312))


def pq(time: int, size: int = 2420) -> notes.Signature:
    return notes.Signature(ML_DSA.name, ML_DSA.key_id, struct.pack(">Q", time) + bytes(size))


def included(*lines: tuple[notes.Ed25519Signer | notes.Signature, int], threshold: int, log: bool = True) -> Any:
    """[index, size, cosigners, time] or the flaw: of a log of one entry with these cosignatures."""
    text = notes.Checkpoint(LOG.name, 1, merkle.leaf_hash(LEAF)).text()
    own = [notes.sign(text, LOG)] if log else []
    cosigned = [notes.sign(text, one, time=at) if isinstance(one, notes.Ed25519Signer) else one for one, at in lines]
    note = notes.Note(text, (*own, *cosigned))
    proof = tlog.Proof(0, (), note.data()).data()
    keys = [str(ED.vkey), str(OTHER_ED.vkey), str(ML_DSA)]
    try:
        return ask(PARTS, "included", proof, LEAF, str(LOG.vkey), keys, threshold)
    except Thrown as thrown:
        return thrown.message


UNSUPPORTED = "it rests on an ML-DSA-44 signature, which browsers cannot check"


def test_what_hangs_on_a_signature_that_browsers_cannot_check_is_left_undecided() -> None:
    at = 1_700_000_000
    assert included((ED, at), threshold=1) == [0, 1, 1, at * 1000]
    assert included((ED, at), (pq(at + 9), 0), threshold=1) == [0, 1, 1, at * 1000]
    assert included((ED, at), (pq(at - 9), 0), threshold=1) == UNSUPPORTED
    assert included((pq(at), 0), threshold=1) == UNSUPPORTED
    assert included((pq(at), 0), threshold=0) == [0, 1, 0, None]
    assert included((ED, at), (pq(at), 0), threshold=2) == UNSUPPORTED
    assert included((ED, at), (OTHER_ED, at + 1), (pq(at + 2), 0), threshold=2) == [0, 1, 2, (at + 1) * 1000]
    assert "too few of the witnesses" in included((ED, at), threshold=2)
    assert "too few of the witnesses" in included((ED, at), (pq(at), 0), threshold=3)
    assert included((ED, at), (pq(at + 9, 2419), 0), threshold=1) == "the signature of pq.example is wrong"
    assert "no known key of the log" in included((ED, at), threshold=1, log=False)
