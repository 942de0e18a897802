"""Signed notes, checkpoints and policies: what is read, what is refused, whose signature counts."""

from __future__ import annotations

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.proofs import notes, policies
from testamur.kernel.proofs.notes import Kind, MalformedNote, NoteNotTrusted

# The published example of the Go checksum database's note package.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

LOG = notes.Ed25519Signer("log.example/log/skola", Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
WITNESS = notes.Ed25519Signer("w1.example", Ed25519PrivateKey.from_private_bytes(b"\2" * 32), Kind.COSIGNATURE_ED25519)
OTHER = notes.Ed25519Signer("w2.example", Ed25519PrivateKey.from_private_bytes(b"\3" * 32), Kind.COSIGNATURE_ED25519)
HEAD = notes.Checkpoint("log.example/log/skola", 7, b"\7" * 32)


def signed(*more: notes.Signature) -> notes.Note:
    return notes.Note(HEAD.text(), (notes.sign(HEAD.text(), LOG), *more))


def test_the_published_example_of_go_verifies() -> None:
    vkey = notes.Vkey.parse(GO_VKEY)
    assert str(vkey) == GO_VKEY
    note = notes.Note.parse(GO_NOTE)
    assert note.data() == GO_NOTE
    assert notes.verify(note, [vkey]) == (notes.Verified(vkey, None),)
    with pytest.raises(NoteNotTrusted):
        notes.verify(notes.Note.parse(GO_NOTE.replace(b"problem,", b"problem.")), [vkey])


def test_the_message_of_a_cosignature_is_that_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    expected = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    assert notes.signed_message(WITNESS.vkey, text, 1679315147) == expected
    line = notes.sign(text, WITNESS, time=1679315147)
    assert line.blob[:8] == (1679315147).to_bytes(8, "big")
    WITNESS.key.public_key().verify(line.blob[8:], expected)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    unknown = notes.Signature("w1.example", b"abcd", b"rubbish")
    note = signed(unknown, notes.sign(HEAD.text(), WITNESS, time=5))
    assert {v.vkey for v in notes.verify(note, [LOG.vkey])} == {LOG.vkey}
    assert {v.time for v in notes.verify(note, [LOG.vkey, WITNESS.vkey])} == {None, 5}
    with pytest.raises(NoteNotTrusted, match="no signature"):
        notes.verify(note, [OTHER.vkey])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    for bad in (
        notes.sign("another\n", WITNESS, time=5),
        notes.Signature(WITNESS.name, WITNESS.vkey.key_id, b"short"),
        notes.Signature(WITNESS.name, WITNESS.vkey.key_id, b"\xff" * 72),
    ):
        with pytest.raises(NoteNotTrusted):
            notes.verify(signed(bad), [LOG.vkey, WITNESS.vkey])
        assert notes.verify(signed(bad), [LOG.vkey])


def test_a_changed_time_breaks_a_cosignature() -> None:
    good = notes.sign(HEAD.text(), WITNESS, time=5)
    earlier = notes.Signature(good.name, good.key_id, (4).to_bytes(8, "big") + good.blob[8:])
    with pytest.raises(NoteNotTrusted):
        notes.verify(signed(earlier), [WITNESS.vkey])


def test_of_two_cosignatures_of_one_witness_the_earlier_counts() -> None:
    late, early = notes.sign(HEAD.text(), WITNESS, time=9), notes.sign(HEAD.text(), WITNESS, time=5)
    for lines in ((late, early), (early, late)):
        assert [v.time for v in notes.verify(signed(*lines), [WITNESS.vkey])] == [5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno dash\n",
        GO_NOTE[:-1],
        GO_NOTE + b"\n",
        GO_NOTE.replace(b"\n", b"\r\n"),
        GO_NOTE.replace(b"you", b"y\tu", 1),
        GO_NOTE.replace(b"you", b"y\xffu", 1),
        GO_NOTE.replace(b"PeterNeumann ", b" ", 1),
        GO_NOTE.replace(b"PeterNeumann", b"Peter+Neumann"),
        GO_NOTE.replace(b"PeterNeumann", "Peter\u00a0Neumann".encode()),
        GO_NOTE.replace(b"nAM=\n", b"nAN=\n"),
        GO_NOTE.replace(b"nAM=\n", b"nAM\n"),
        b"text\n\n" + "— a AAAAAA==\n".encode(),
        b"text\n\n" + "— a AAAAAAA=\n".encode() * 65,
        b"a" * notes.MAX_NOTE + GO_NOTE,
    ],
)
def test_malformed_notes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedNote):
        notes.Note.parse(data)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_no_bytes_make_the_parsers_stumble(data: bytes) -> None:
    for parse in (notes.Note.parse, policies.parse_policy):
        with contextlib.suppress(MalformedNote):
            parse(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        "o\n01\n" + base64.b64encode(b"\0" * 32).decode() + "\n",
        "o\n-1\n" + base64.b64encode(b"\0" * 32).decode() + "\n",
        "o\n9223372036854775808\n" + base64.b64encode(b"\0" * 32).decode() + "\n",
        "o\n1\n" + base64.b64encode(b"\0" * 31).decode() + "\n",
        "\n1\n" + base64.b64encode(b"\0" * 32).decode() + "\n",
        HEAD.text() + "extension\n",
        HEAD.text()[:-1],
        HEAD.text().replace("7", "٧", 1),
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        notes.Checkpoint.parse(text)
    assert notes.Checkpoint.parse(HEAD.text()) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "a+00000000+" + GO_VKEY.split("+")[2],
        GO_VKEY.replace("PeterNeumann", "Peter"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY[:-4],
        "a+00000000+" + base64.b64encode(b"\2" + b"\0" * 32).decode(),
        "a+00000000+",
        " +00000000+AAAA",
    ],
)
def test_malformed_keys_are_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        notes.Vkey.parse(text)


@pytest.mark.skipif(not notes.ml_dsa_supported(), reason="this cryptography has no ML-DSA-44")
def test_a_post_quantum_cosignature_verifies_and_binds_size_and_root() -> None:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    class PostQuantum:
        def __init__(self) -> None:
            self.key = MLDSA44PrivateKey.generate()

        @property
        def vkey(self) -> notes.Vkey:
            return notes.Vkey("w3.example", Kind.COSIGNATURE_ML_DSA_44, self.key.public_key().public_bytes_raw())

        def sign(self, message: bytes) -> bytes:
            return self.key.sign(message)

    signer = PostQuantum()
    assert notes.Vkey.parse(str(signer.vkey)) == signer.vkey
    line = notes.sign(HEAD.text(), signer, time=11)
    assert notes.verify(notes.Note.parse(signed(line).data()), [signer.vkey])[0].time == 11
    grown = notes.Checkpoint(HEAD.origin, HEAD.size + 1, HEAD.root).text()
    with pytest.raises(NoteNotTrusted):
        notes.verify(notes.Note(grown, (line,)), [signer.vkey])


# --- policies ----------------------------------------------------------------------------------

NAMES = [chr(ord("a") + i) for i in range(5)]
KEYS = [
    notes.Ed25519Signer(n, Ed25519PrivateKey.from_private_bytes(n.encode() * 32), Kind.COSIGNATURE_ED25519).vkey
    for n in NAMES
]
WITNESSES = "".join(f"witness {n} {k}\n" for n, k in zip(NAMES, KEYS, strict=True))


def test_a_nested_policy_is_satisfied_by_its_quorums_only() -> None:
    policy = policies.parse_policy(
        f"# who must have seen it\n\nlog {LOG.vkey} https://log.example/\n{WITNESSES}"
        "group x 2 a b c\n\tgroup y any  d e \ngroup both all x y\nquorum both\n".encode()
    )
    assert policy.logs == (LOG.vkey,)
    for chosen, expected in [
        ("abd", True),
        ("bce", True),
        ("abc", False),
        ("ade", False),
        ("abcde", True),
        ("", False),
    ]:
        assert policy.satisfied(KEYS[NAMES.index(n)] for n in chosen) is expected


def test_the_time_of_a_quorum_is_when_its_last_needed_witness_cosigned() -> None:
    policy = policies.parse_policy(f"{WITNESSES}group x 2 a b c\nquorum x\n".encode())
    seen = [notes.Verified(KEYS[0], 50), notes.Verified(KEYS[2], 30), notes.Verified(KEYS[1], 40)]
    assert policy.quorum_time(seen) == 40
    with pytest.raises(NoteNotTrusted):
        policy.quorum_time([notes.Verified(KEYS[0], 50), notes.Verified(KEYS[1], 0), notes.Verified(KEYS[4], 1)])
    assert policies.parse_policy(b"quorum none\n").quorum_time([]) is None


def test_a_written_policy_is_read_back() -> None:
    text = policies.format_policy([LOG.vkey], dict(zip(NAMES, KEYS, strict=True)), 3)
    policy = policies.parse_policy(text.encode())
    assert policy.witnesses == dict(zip(NAMES, KEYS, strict=True))
    assert (policy.groups["witnesses"].threshold, policy.quorum) == (3, "witnesses")
    assert policies.parse_policy(policies.format_policy([LOG.vkey], {}, 0).encode()).quorum == "none"


@pytest.mark.parametrize(
    "text",
    [
        "",
        WITNESSES,
        f"{WITNESSES}quorum nobody\n",
        f"{WITNESSES}quorum a\nquorum a\n",
        f"quorum a\n{WITNESSES}",
        f"{WITNESSES}group x 0 a\nquorum x\n",
        f"{WITNESSES}group x 2 a\nquorum x\n",
        f"{WITNESSES}group x any\nquorum x\n",
        f"{WITNESSES}group x any a\ngroup y any a\nquorum x\n",
        f"{WITNESSES}group a any b\nquorum a\n",
        f"{WITNESSES}group none any b\nquorum none\n",
        f"{WITNESSES}group x any x\nquorum x\n",
        f"{WITNESSES}group x any none\nquorum x\n",
        f"{WITNESSES}witness z {KEYS[0]}\nquorum a\n",
        f"witness a {LOG.vkey}\nquorum a\n",
        f"log {KEYS[0]}\nquorum none\n",
        f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none\n",
        "nonsense\nquorum none\n",
        "quorum none\r\n",
        "quorum none extra\n",
        "#" * 70_000 + "\nquorum none\n",
    ],
)
def test_malformed_policies_are_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        policies.parse_policy(text.encode())
