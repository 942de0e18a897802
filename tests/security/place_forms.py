"""One of every kind of form at a place: one that is answered, a draft, one being signed, one that is signed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.register.people import queries as people
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import Consent, Content, Draft, Kind, Needs, Purpose, Question, as_signer
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity


def asked(group: UUID, school: UUID, path: str, pupil: UUID, family: Actor) -> dict[str, object]:
    """Arguments of addresses; the consent is given by the family, and given again just now."""
    by, now = operator(), clock.now()
    asks = (Question("q", Kind.YES_NO, False, {"en": "Yes?"}, {}),)
    content = Content(("en",), {"en": "Outing"}, {"en": "To the woods."}, asks)
    draft = Draft(
        school, content, now.date() + timedelta(days=20), (group,), consent=Consent.SIGNED, needs=Needs.ALL,
        purpose=Purpose.EXCURSION,
    )  # fmt: skip
    form = actions.draft_form(by=by, form=draft, now=now)
    actions.publish_form(by=by, form=form, now=now)
    signed = _signing(family, form, pupil)
    ceremony = actions.start_signing(by=family, signing=signed, signer=_me(family), method="simulated", now=now)
    acting = as_signer(family, path)
    signing.begin(by=acting, ceremony=ceremony, device=Device(ip="192.0.2.7"), now=now)
    signing.collect(by=acting, ceremony=ceremony, now=now)
    actions.settle_signing(by=family, signing=signed, now=now)
    begun = _signing(family, form, pupil)
    actions.start_signing(by=family, signing=begun, signer=_me(family), method="simulated", now=now)
    return {
        "form": form, "draft": actions.draft_form(by=by, form=draft, now=now), "signing": begun, "receipt": signed,
    }  # fmt: skip


def _signing(family: Actor, form: UUID, pupil: UUID) -> UUID:
    return actions.ask_to_sign(
        by=family, form=form, child=pupil, values={}, signer=_me(family), language="en", now=clock.now()
    )


def _me(family: Actor) -> SignerIdentity:
    me = people.person(by=operator(), id=family.id)
    assert me is not None
    assert me.identifier is not None
    return SignerIdentity(me.id, me.name, me.identifier.scheme.value, me.identifier.value)
