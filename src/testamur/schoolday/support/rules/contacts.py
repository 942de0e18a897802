"""Pure rules of named contacts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from testamur.kernel.base.refused import Refused


class ContactInvalid(Refused):
    """A contact has a name, and a telephone number, an e-mail address or a place."""

    code = "support.contact.invalid"


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom one reaches at a school or body. `open`: shown to everybody, not only to those who are logged in."""

    id: UUID
    unit: UUID
    name: str
    role: str
    phone: str
    email: str
    address: str
    hours: str
    open: bool
    place: int


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact as it is entered."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    hours: str = ""
    open: bool = False
    place: int = 0


def check_contact(new: NewContact) -> None:
    """Raise `ContactInvalid` for one that reaches nobody."""
    if not new.name.strip():
        raise ContactInvalid("Who is it?", field="name")
    if not (new.phone.strip() or new.email.strip() or new.address.strip()):
        raise ContactInvalid("A telephone number, an e-mail address or a place is needed.", field="phone")
    if new.email.strip() and ("@" not in new.email or " " in new.email.strip()):
        raise ContactInvalid("That is no e-mail address.", field="email")
