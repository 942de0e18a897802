"""Registering to be told, with a pupil's code or as a guardian who is logged in.

The code only opens a registration. Nothing is told, and nothing of the pupil is shown, before the address is that of
a guardian whom the register knows and a code that was sent there came back, or before the school says whose it is.
A wrong code is answered like a right one, after the same work; the message goes by a background step.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.methods.hiding import keyed, same
from testamur.exchange.notifications.actions.activating import activate, without_way
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.queries.readers import guardians_with
from testamur.exchange.notifications.rules.registrations import (
    OPEN_STATES,
    PER_CODE,
    PER_CONTACT,
    PER_NETWORK,
    WAITS,
    WRONG_CODE_KEPT,
    CodeWrong,
    RegistrationState,
    Route,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import (
    Contact,
    ContactInvalid,
    ContactKind,
    NewContact,
    normalise_code,
    normalise_contact,
    phone_spellings,
)

USE = "registration code"


def open_registration(
    *,
    by: Actor,
    code: str,
    contact: str,
    route: Route,
    now: datetime,
    name: str = "",
    locale: str = "",
    network: str = "",
    replace: bool = False,
    sender: str = "",
) -> UUID:
    """Open a registration for the holder of a pupil code, at an e-mail address or number; returns its id.

    Anybody may: `by` is nobody in particular. A code that no pupil has opens one too, of which nothing comes. To the
    address of a right one a code is sent within seconds (`steps.send_registration_codes`). `name` is what the person
    calls himself or herself, for the school. `replace`: the address takes the place of the former one of its kind.
    `sender`: the number in E.164 that texted or called, where it is not the contact itself: it tells the school who it
    seems to be, and the code may come back from it. From a number that no guardian has, nothing is replaced.

    Journal: ``notices.registration.opened/1`` with registration, route and pupil. Raises CodeInvalid for a misread
    code, ContactInvalid, TooMany per address, code and network. Call it outside a transaction.
    """
    wanted, point = normalise_code(code), contact_of(contact)
    _count(by, point.value, wanted, network, now)
    holder = people.holder_of_code(wanted)
    path = people.paths([holder]).get(holder, "/") if holder is not None else "/"
    seems = guardians_with(pupil=holder, value=sender or point.value, on=now.date())
    row = Registration(
        id=random_id(),
        pupil=holder,
        path=path,
        route=route,
        kind=point.kind,
        value=point.value,
        text=point.kind is ContactKind.EMAIL or point.sms,
        name=" ".join(name.split())[:120],
        locale=locale[:8],
        replace=replace and (bool(seems) or not sender),
        guardian=seems[0] if len(seems) == 1 else None,
        made_at=now,
        expires_at=now + (WAITS if holder is not None else WRONG_CODE_KEPT),
    )
    return _opened(by, row, now)


def open_own(*, by: Actor, contact: str, now: datetime, locale: str = "", replace: bool = False) -> UUID:
    """A person who is logged in gives an e-mail address or number of his or her own; a code is sent there.

    Needs ``notices.own.contact`` of oneself. Journal: ``notices.registration.opened/1``. Raises ContactInvalid,
    TooMany.
    """
    by.must("notices.own.contact", "/", person=by.id)
    point = contact_of(contact)
    _count(by, point.value, f"own {by.id}", "", now)
    row = Registration(
        id=random_id(),
        path=people.paths([by.id]).get(by.id, "/"),
        route=Route.OWN,
        kind=point.kind,
        value=point.value,
        text=point.kind is ContactKind.EMAIL or point.sms,
        locale=locale[:8],
        replace=replace,
        guardian=by.id,
        made_at=now,
        expires_at=now + WRONG_CODE_KEPT,
    )
    return _opened(by, row, now)


def contact_of(text: str) -> Contact:
    """An e-mail address or telephone number in normal form; raises ContactInvalid with the field ``contact``."""
    try:
        if "@" in text:
            return normalise_contact(NewContact(ContactKind.EMAIL, text))
        spelt = phone_spellings(text)
        return normalise_contact(NewContact(ContactKind.PHONE, spelt[0] if len(spelt) == 1 else text))
    except ContactInvalid as refused:
        refused.field = "contact"
        raise


def _count(by: Actor, contact: str, code: str, network: str, now: datetime) -> None:
    for name, key, (most, within) in (
        ("notices.network", network, PER_NETWORK),
        ("notices.contact", contact, PER_CONTACT),
        ("notices.code", code, PER_CODE),
    ):
        if key:
            accounts.limit(by=by, name=name, key=key, most=most, within=within, now=now)


@transaction.atomic
def _opened(by: Actor, row: Registration, now: datetime) -> UUID:
    row.save(force_insert=True)
    refs = {"registration": str(row.id), "route": str(row.route), "pupil": str(row.pupil) if row.pupil else None}
    append(by=by, kind="notices.registration.opened/1", path=row.path, refs=refs, now=now)
    return row.id


def prove_registration(*, by: Actor, registration: UUID, code: str, now: datetime) -> RegistrationState:
    """The code that was sent to the address came back; returns where the registration stands now.

    ``active`` when the address is that of one guardian who reaches the pupil (or one's own): the second factor. Else
    ``proved``: the school says who it is. Journal: ``notices.registration.proved/1`` or, for a wrong code,
    ``notices.registration.not_proved/1``. Raises CodeWrong, also for an unknown registration.
    """
    state = _proved(by, registration, "".join(c for c in code if c.isdigit()), now)
    if state is None:
        raise CodeWrong("That is not the code, or it is too late. Begin again.", field="code")
    return state


@transaction.atomic
def _proved(by: Actor, registration: UUID, code: str, now: datetime) -> RegistrationState | None:
    row = Registration.objects.select_for_update().filter(id=registration, state=RegistrationState.OPENED).first()
    if row is None:
        return None
    right = same(code_digest(row.salt, code), row.digest or "-")
    in_time = row.code_until is not None and now < row.code_until and row.left > 0
    if not (right and in_time):
        row.left = max(0, row.left - 1)
        row.save(update_fields=["left"])
        refs = {"registration": str(row.id), "left": row.left}
        append(by=by, kind="notices.registration.not_proved/1", path=row.path, refs=refs, now=now)
        return None
    row.proved_at, row.digest, row.salt, row.code_until = now, "", "", None
    owners: tuple[UUID, ...] = (row.guardian,) if row.route == Route.OWN and row.guardian is not None else ()
    if row.pupil is not None and not row.replace:
        owners = guardians_with(pupil=row.pupil, value=row.value, on=now.date())
    if len(owners) == 1:
        activate(by, row, owners[0], now)
    else:
        row.state = RegistrationState.PROVED
    row.save()
    refs = {"registration": str(row.id), "state": str(row.state)}
    append(by=by, kind="notices.registration.proved/1", path=row.path, refs=refs, now=now)
    return RegistrationState(row.state)


def prove_by_contact(*, by: Actor, contact: str, code: str, now: datetime) -> RegistrationState:
    """As `prove_registration`, for a code that came back by text message: the newest open one of that number.

    That is one to the number itself, or to an e-mail address that was texted by the guardian whose number it is.

    Raises CodeWrong, ContactInvalid, TooMany.
    """
    point = contact_of(contact)
    _count(by, f"prove {point.value}", "", "", now)
    itself = Q(kind=point.kind, value=point.value)
    beside = Q(route=Route.SMS, kind=ContactKind.EMAIL, guardian__in=list(people.text_numbers(contact=point.value)))
    rows = Registration.objects.filter(itself | beside, state=RegistrationState.OPENED)
    newest = rows.order_by("-made_at", "-id").values_list("id", flat=True).first()
    return prove_registration(by=by, registration=newest or random_id(), code=code, now=now)


@transaction.atomic
def revoke_registration(*, by: Actor, registration: UUID, now: datetime) -> None:
    """End a registration that is active: nothing more is told about that pupil by that way.

    The guardian whose it is does this, or somebody with ``notices.registration.revoke`` where the pupil is kept.
    Journal: ``notices.registration.revoked/1``. Raises NotFound, NotAllowed.
    """
    row = Registration.objects.select_for_update().filter(id=registration, state=RegistrationState.ACTIVE).first()
    if row is None or row.guardian is None:
        raise NotFound("There is no such registration.", field="registration")
    if by.id != row.guardian and not by.may("notices.registration.revoke", row.path):
        raise NotAllowed("You may not do this here.", verb="notices.registration.revoke", path=row.path)
    without_way(row, now)
    row.state, row.decided_by, row.decided_at = RegistrationState.REVOKED, by.id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    refs = {"registration": str(row.id), "pupil": str(row.pupil) if row.pupil else None}
    append(by=by, kind="notices.registration.revoked/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def expire_registrations(*, by: Actor, now: datetime) -> int:
    """Void what nobody proved or confirmed in time, and forget its address; returns how many.

    Needs ``notices.notice.send``. Journal: ``notices.registration.expired/1`` with the count, when there are any.
    """
    by.must("notices.notice.send")
    late = Registration.objects.filter(state__in=OPEN_STATES, expires_at__lte=now)
    count = late.update(state=RegistrationState.EXPIRED, value="", name="", digest="", salt="", code_until=None)
    if count:
        append(by=by, kind="notices.registration.expired/1", path="/", refs={"count": count}, now=now)
    return count


def code_digest(salt: str, code: str) -> str:
    """Keyed hash of a code that was sent."""
    return keyed(USE, salt, code)
