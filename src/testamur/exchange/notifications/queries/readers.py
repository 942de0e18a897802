"""Who is told of a pupil, as the register has it on the day. For this package and the telephone; shows nobody."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from testamur.kernel.jobs.rules import step_actor
from testamur.register.people import queries as people
from testamur.register.people import reach

LOOKS = step_actor(
    "notices",
    "people.contact.see",
    "people.guardianship.see",
    "people.details.see",
    "people.protected.see",
    "delivery.device.see",
)


def guardians_of(*, pupil: UUID, on: date) -> tuple[UUID, ...]:
    """The guardians who reach the pupil on that day, in order of id, and the pupil who is of age."""
    return reach.readers(children=[pupil], on=on)[pupil]


def guardians_with(*, pupil: UUID | None, value: str, on: date) -> tuple[UUID, ...]:
    """Those of them whose contact in the register that e-mail address or number (in normal form) is."""
    persons = guardians_of(pupil=pupil, on=on) if pupil is not None else ()
    held = people.contacts(by=LOOKS, persons=persons)
    wanted = value.casefold()
    return tuple(one for one in persons if any(c.value.casefold() == wanted for c in held[one]))


def guardians_by_code(*, code: str, on: date) -> tuple[UUID, ...]:
    """The guardians who reach the holder of a pupil code; none for an unknown one. Raises CodeInvalid."""
    pupil = people.holder_of_code(code)
    return guardians_of(pupil=pupil, on=on) if pupil is not None else ()
