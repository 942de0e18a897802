"""Whose telephone it is that calls or texts. For the telephone service, which tells nobody."""

from __future__ import annotations

from uuid import UUID

from testamur.exchange.notifications.queries.readers import LOOKS
from testamur.register.people import queries as people


def caller(number: str) -> UUID | None:
    """The one person who showed that this number is his or her own, or None: nobody, or several."""
    held = people.contacts(by=LOOKS, persons=list(people.text_numbers(contact=number)))
    found = [one for one, some in held.items() if any(c.value == number and c.verified_at for c in some)]
    return found[0] if len(found) == 1 else None
