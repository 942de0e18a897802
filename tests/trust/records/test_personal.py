"""Records that are signed with personal certificates in the file itself, all the way to a file anyone can verify."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pikepdf
import pytest

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.surfaces.cli import issuing
from testamur.surfaces.cli.issuing import signer_actor
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions, certified, steps
from testamur.trust.records.models import Record, VoidSignature
from testamur.trust.records.rules import Signer
from testamur.trust.records.steps import sealing as sealing_step
from testamur.trust.signing import personal
from testamur.trust.signing.rules import SignerIdentity
from tests.trust.records.conftest import NOW, Installation
from tests.trust.sealing.test_personal import sound
from tests.trust.signing.own import Own, own

pytestmark = pytest.mark.django_db(transaction=True)

TEACHER = Signer(1, "principal", "Lärare", UUID(int=7), "Lärare Påhittsdotter", "se.personnummer", "198102020000")


def state(record: UUID) -> str:
    return Record.objects.get(id=record).state


def two(installation: Installation) -> tuple[Signer, Signer]:
    """The teacher, then the principal; both have the principal's post here, since only order and person matter."""
    return TEACHER, replace(installation.principal, order=2)


def ready(installation: Installation, count: int = 2) -> list[UUID]:
    records = installation.prepare(*(installation.record(n, signers=two(installation)) for n in range(count)))
    actions.mark_ready(by=installation.by, path=installation.issuer.path, records=records, now=NOW)
    return records


def begin(installation: Installation, who: Signer, records: list[UUID], method: str) -> tuple[Actor, UUID]:
    by = signer_actor(who.person, installation.issuer.path, who.role)
    ceremony = actions.start_ceremony(
        by=by, path=installation.issuer.path, organisation=installation.issuer.organisation,
        organisation_name="Exempelkommun", role=who.role, method=method, records=records, locale="sv", now=clock.now(),
        signer=SignerIdentity(who.person, who.name, who.scheme, who.identifier),
    )  # fmt: skip
    return by, ceremony


def sign_in_the_file(
    installation: Installation, who: Signer, records: list[UUID], *, key: Own | None = None, at: datetime | None = None
) -> UUID:
    by, ceremony = begin(installation, who, records, "certificate")
    mine = key or own(who.name, who.scheme, who.identifier)
    personal.offer(by=by, ceremony=ceremony, given=[mine.der], now=at or clock.now())
    values = {one.record: mine.sign(one.to_be_signed) for one in certified.to_sign(by=by, ceremony=ceremony)}
    certified.hand_in(by=by, ceremony=ceremony, signatures=values, now=clock.now())
    actions.accept_signatures(by=by, ceremony=ceremony, now=clock.now())
    return ceremony


def issue(installation: Installation, records: list[UUID]) -> None:
    how = issuing.How(installation.data, "demo", "https://test.testamur.example")
    issuing.run(installation.by, [], how, lambda _title, _total: lambda _count: None, unfinished=records)


def file_of(record: UUID) -> bytes:
    return store().read(record, "record.pdf")


def verdict(installation: Installation, record: UUID):
    trust = parse_trust(write_trust(installation.data / "trust.json").read_bytes())
    return verify_file(file_of(record), trust, "record.pdf")


@pytest.mark.feature("D11", "D12")
def test_teacher_and_principal_sign_in_the_file_and_anyone_can_verify_it(installation: Installation) -> None:
    records = ready(installation)
    for who in two(installation):
        sign_in_the_file(installation, who, records)
    assert {state(r) for r in records} == {"signed"}
    issue(installation, records)
    assert {state(r) for r in records} == {"published"}
    for record in records:
        found = verdict(installation, record)
        assert found.word == "valid", found.checks
        said = {check.name: check.found for check in found.checks}
        assert said["revisions"].startswith("4 revisions")
        assert "Lärare Påhittsdotter (Lärare) signed this document" in said["signer 1"]
        assert "by certificate" in said["signer 2"]
        assert sound(file_of(record), "3a")
        assert sound(file_of(record), "ua1")


@pytest.mark.feature("D11")
@pytest.mark.parametrize("first_in_the_file", [True, False])
def test_an_e_id_and_a_certificate_work_in_one_file(installation: Installation, first_in_the_file: bool) -> None:
    records = ready(installation)
    teacher, principal = two(installation)
    if first_in_the_file:
        sign_in_the_file(installation, teacher, records)
    else:
        _with_e_id(installation, teacher, records)
        sign_in_the_file(installation, principal, records)
    issue(installation, records)  # signs with the simulated e-ID where a signature is missing
    for record in records:
        found = verdict(installation, record)
        assert found.word == "valid", found.checks
        said = {check.name: check.found for check in found.checks}
        assert said["revisions"].startswith("3 revisions")
        assert "by certificate" in said["signer 1" if first_in_the_file else "signer 2"]
        assert "by simulated" in said["signer 2" if first_in_the_file else "signer 1"]
        with pikepdf.open(io.BytesIO(file_of(record))) as pdf:
            assert [name for name in pdf.attachments if name.startswith("evidence")] == [
                f"evidence-{2 if first_in_the_file else 1}.json"
            ]


def _with_e_id(installation: Installation, who: Signer, records: list[UUID]) -> None:
    from testamur.trust.signing import actions as signing
    from testamur.trust.signing.methods.contract import Device

    by, ceremony = begin(installation, who, records, "simulated")
    signing.begin(by=by, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=clock.now())
    signing.collect(by=by, ceremony=ceremony, now=clock.now())
    actions.accept_signatures(by=by, ceremony=ceremony, now=clock.now())


@pytest.mark.feature("D12")
def test_a_batch_that_stopped_after_its_seals_gives_the_very_same_bytes(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = ready(installation)
    for who in two(installation):
        sign_in_the_file(installation, who, records)
    made: list[dict[UUID, bytes]] = []
    seal = sealing_step._seal

    def kept(*args: object) -> object:
        result = seal(*args)  # type: ignore[arg-type]
        made.append({record: one.file() for record, one in result[0].items()})
        return result

    monkeypatch.setattr(sealing_step, "_seal", kept)
    with monkeypatch.context() as broken:
        from testamur.trust.records.steps import issuing as issuing_step

        def stop(*_args: object, **_more: object) -> None:
            raise KeyboardInterrupt

        broken.setattr(issuing_step, "_log", stop)
        with pytest.raises(KeyboardInterrupt):
            steps.issue_next(by=installation.by, worker="one", clock=clock.now)
    sealing_step._ceremony.cache_clear()
    steps.issue_next(by=installation.by, worker="one", clock=lambda: clock.now() + timedelta(hours=1))
    assert len(made) == 2
    assert made[0] == made[1]
    assert {state(r) for r in records} == {"published"}


@pytest.mark.feature("D15")
def test_a_signature_that_was_meddled_with_is_not_sealed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = ready(installation)
    for who in two(installation):
        sign_in_the_file(installation, who, [one, other])
    kept = personal.signatures

    def swapped(ceremony: UUID) -> personal.Signatures:
        found = kept(ceremony)
        return replace(found, values={**found.values, one: found.values[other]})

    monkeypatch.setattr(personal, "signatures", swapped)  # as a hand at the database would, where no guard stands
    sealing_step._ceremony.cache_clear()
    issue(installation, [one, other])
    assert (state(one), state(other)) == ("signed", "published")
    assert Record.objects.get(id=one).held == "sealing.personal.signature"


@pytest.mark.feature("D15")
def test_a_certificate_that_ran_out_before_the_seal_is_not_sealed_over(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = ready(installation, 1)
    teacher, principal = two(installation)
    short = own(teacher.name, teacher.scheme, teacher.identifier, days=2)
    sign_in_the_file(installation, teacher, records, key=short)
    sign_in_the_file(installation, principal, records)
    later = clock.now() + timedelta(days=10)
    steps.issue_next(by=installation.by, worker="one", clock=lambda: later)
    assert state(records[0]) == "signed"
    assert Record.objects.get(id=records[0]).held == "personal.lapsed"
    actions.sign_again(by=installation.by, path=installation.issuer.path, records=records, now=clock.now())
    assert state(records[0]) == "ready"
    assert VoidSignature.objects.filter(record=records[0], because="not_sealable").count() == 2
    for who in (teacher, principal):
        sign_in_the_file(installation, who, records)
    issue(installation, records)
    assert verdict(installation, records[0]).word == "valid"


def test_only_what_is_held_is_signed_again(installation: Installation) -> None:
    records = ready(installation, 1)
    path = installation.issuer.path
    with pytest.raises(actions.WrongState):
        actions.sign_again(by=installation.by, path=path, records=records, now=NOW)
    with pytest.raises(NotAllowed):
        actions.sign_again(by=Actor(UUID(int=9), "test"), path=path, records=records, now=NOW)
