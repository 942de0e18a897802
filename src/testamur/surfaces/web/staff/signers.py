"""Who signs, with which powers, by which e-ID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.access.accounts.queries import actor
from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.surfaces.web.requests import Visitor
from testamur.trust.signing.methods.contract import method
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.methods.sms import NAME as SMS
from testamur.trust.signing.rules import CERTIFICATE, CODE_ROLES, CSC, PERSONAL, SignerIdentity

ROLES: Mapping[str, str | Promise] = {
    "principal": _("principal"),
    "delegate": _("by the principal's delegation"),
    "teacher": _("teacher"),
    "class_teacher": _("class teacher"),
    "corrector": _("corrector"),
    "examiner": _("examiner"),
    "school": _("school"),
    "administrator": _("administrator"),
}
"""The role of a signer as the document has it, in words."""

METHODS: Mapping[str, str | Promise] = {
    "bankid": "BankID",
    SMS: _("Code by SMS to my work phone"),
    CERTIFICATE: _("Certificate on my own computer (token or file)"),
    CSC: _("Certificate at the signing service"),
    SIMULATED: _("Simulated e-ID (test only)"),
}

LOCALES = {"SE": "sv", "VN": "vi", "BG": "bg"}
"""Language of the text that is signed, by the country whose document it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to sign that is open to the signer. `hands_on`: a page of ours stands for the app, or takes the code."""

    name: str
    label: str | Promise
    hands_on: bool


def signer(visitor: Visitor) -> Actor:
    """The visitor with the powers of every post that signs: nobody changes role to sign for another school."""
    assert visitor.login is not None
    hats = [hat for hat in visitor.hats if Area.STAFF in hat.areas]
    grants = tuple(
        grant
        for hat in hats
        for grant in actor(hat, person=visitor.actor.id, identified_by=visitor.actor.identified_by).grants
    )
    return Actor(id=visitor.actor.id, identified_by=visitor.actor.identified_by, grants=grants)


def identity(by: Actor) -> SignerIdentity | None:
    """The signer as the register names the person; None without a number by which an e-ID could know him or her."""
    me = people.person(by=by, id=by.id)
    if me is None or me.identifier is None:
        return None
    return SignerIdentity(me.id, me.name, me.identifier.scheme.value, me.identifier.value)


def choices(scheme: str, role: str, *, documents: bool = False) -> list[Choice]:
    """The ways to sign that are set up here, know people by such a number and are open to that role.

    An e-ID first, for it is the strongest; then the simulated one; a code by SMS last, and for examiners only.
    A personal certificate signs documents that are records (`documents`), nothing else.
    """
    found: list[Choice] = []
    for name in sorted(settings.SIGNING_METHODS, key=lambda one: (one == SMS, one == SIMULATED, one)):
        if name in PERSONAL and not documents:
            continue
        try:
            known = method(name)
        except Refused:
            continue  # not set up on this installation
        if known.confirms and role not in CODE_ROLES:
            continue
        if not known.schemes or scheme in known.schemes:
            hands_on = known.confirms or name == SIMULATED or name in PERSONAL
            found.append(Choice(name, METHODS.get(name, name), hands_on))
    return found


def role_name(role: str) -> str:
    """The role in the visitor's language; one that is not known stands as it is."""
    return str(ROLES.get(role, role.replace("_", " ")))


def names(by: Actor, persons: set[UUID]) -> dict[UUID, str]:
    """The names as the signer may see them."""
    return {key: person.name for key, person in people.people(by=by, ids=persons).items()} if persons else {}
