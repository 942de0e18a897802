"""An examiner signs with a code by SMS, and what comes out is issued like anything else, and called what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.models import Message
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.surfaces.cli.issuing import signer_actor
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions, bundle, steps
from testamur.trust.records.models import Record
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.trust.records.conftest import NOW, Installation

pytestmark = pytest.mark.django_db(transaction=True)
METHODS = {"sms": "testamur.trust.signing.methods.sms.configured"}


@pytest.mark.feature("B12", "B13")
def test_a_document_signed_with_a_code_is_issued_and_verifies_offline(
    installation: Installation, settings: SettingsWrapper
) -> None:
    settings.SIGNING_METHODS = settings.SIGNING_METHODS | METHODS
    place = installation
    who = replace(place.principal, role="examiner", title="Examinator")
    contact = NewContact(ContactKind.PHONE, "+46701740612", "work")
    people.add_contacts(by=place.by, contacts=[(who.person, contact)], now=NOW)
    post = NewPost(who.person, place.issuer.unit, Role.EXAMINER, NOW.date() - timedelta(days=1))
    schools.add_posts(by=place.by, posts=[post], now=NOW)
    records = place.prepare(*(place.record(n, signers=(who,)) for n in range(2)))
    path = place.issuer.path
    actions.mark_ready(by=place.by, path=path, records=records, now=NOW)
    by, now = signer_actor(who.person, path, who.role), datetime.now(UTC)
    ceremony = actions.start_ceremony(
        by=by, path=path, organisation=place.issuer.organisation, organisation_name="Exempelkommun",
        signer=SignerIdentity(who.person, who.name, who.scheme, who.identifier), role=who.role, method="sms",
        records=records, locale="sv", now=now,
    )  # fmt: skip
    signing.begin(by=by, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=now)
    signing.confirm(by=by, ceremony=ceremony, code=Message.objects.get().text[:5], now=now)
    steps.settle_one(by=by, ceremony=ceremony, now=datetime.now(UTC))
    while steps.issue_next(by=operator(), worker="test", clock=lambda: datetime.now(UTC)):
        pass
    assert set(Record.objects.values_list("state", flat=True)) == {"published"}
    trust = parse_trust(write_trust(place.data / "trust.json").read_bytes())
    for record in records:
        verdict = verify_file(store().read(record, "record.pdf"), trust, "record.pdf")
        assert verdict.word == "valid", verdict
        (said,) = (check.found for check in verdict.checks if check.name == "signer 1")
        assert "this is no e-ID but weaker" in said


@pytest.mark.feature("B12")
def test_a_principal_cannot_have_a_ceremony_with_a_code(installation: Installation, settings: SettingsWrapper) -> None:
    settings.SIGNING_METHODS = settings.SIGNING_METHODS | METHODS
    place, who = installation, installation.principal
    records = place.prepare(place.record())
    actions.mark_ready(by=place.by, path=place.issuer.path, records=records, now=NOW)
    with pytest.raises(Refused) as refused:
        actions.start_ceremony(
            by=signer_actor(who.person, place.issuer.path, who.role), path=place.issuer.path, role=who.role,
            organisation=place.issuer.organisation, organisation_name="Exempelkommun", records=records, locale="sv",
            signer=SignerIdentity(who.person, who.name, who.scheme, who.identifier), method="sms", now=NOW,
        )  # fmt: skip
    assert refused.value.code == "signing.sms.role"
    assert set(Record.objects.values_list("state", flat=True)) == {"ready"}


def test_the_bundle_names_the_root_only_where_codes_were_ever_in_use(
    installation: Installation, settings: SettingsWrapper
) -> None:
    others = {name: way for name, way in settings.SIGNING_METHODS.items() if name != "sms"}
    settings.SIGNING_METHODS = others
    assert "sms" not in bundle.current(now=NOW)["eid_roots"]  # older verifiers do not know the word
    settings.SIGNING_METHODS = others | METHODS
    named = bundle.current(now=NOW)["eid_roots"]["sms"]
    settings.SIGNING_METHODS = others
    assert bundle.current(now=NOW)["eid_roots"]["sms"] == named  # what was signed with a code stays verifiable
    assert len(parse_trust(json.dumps(bundle.current(now=NOW)).encode()).eid_roots["sms"]) == 1
