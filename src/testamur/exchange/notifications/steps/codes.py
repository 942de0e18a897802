"""Sending the code that proves an address, away from the request: nobody can tell by the answer whose code is right."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.exchange.notifications.actions.registrations import code_digest
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.rules.registrations import (
    CODE_LIFETIME,
    CODE_TRIES,
    DIGITS,
    RegistrationState,
    Route,
)
from testamur.exchange.notifications.words import codes
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery.actions import post
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append


def send_registration_codes(*, by: Actor, now: datetime, limit: int = 200) -> int:
    """Send a code to the address of each open registration that has none yet; returns how many.

    Of a right pupil code or one's own alone, and not to numbers that take no text messages. Each is one transaction;
    done again it sends nothing. Journal: ``notices.registration.code_sent/1`` each.
    """
    waiting = Registration.objects.filter(
        Q(pupil__isnull=False) | Q(route=Route.OWN),
        state=RegistrationState.OPENED,
        digest="",
        text=True,
        expires_at__gt=now,
    )
    return sum(_send(by, one, now) for one in list(waiting.order_by("made_at").values_list("id", flat=True)[:limit]))


@transaction.atomic
def _send(by: Actor, registration: UUID, now: datetime) -> bool:
    rows = Registration.objects.select_for_update().filter(id=registration, state=RegistrationState.OPENED, digest="")
    row = rows.first()
    if row is None:
        return False
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row.salt, row.left, row.code_until = secrets.token_hex(16), CODE_TRIES, now + CODE_LIFETIME
    row.digest = code_digest(row.salt, code)
    row.save(update_fields=["salt", "left", "code_until", "digest"])
    message = NewMessage(
        "email" if row.kind == "email" else "sms",
        row.value,
        codes.subject(row.locale) if row.kind == "email" else "",
        codes.text(code, row.locale, latin=row.kind != "email"),
        kind="notices.registration",
        path=row.path,
        expires=row.code_until,
        urgent=True,
    )
    post(by=by, messages=[message], now=now)
    append(
        by=by,
        kind="notices.registration.code_sent/1",
        path=row.path,
        refs={"registration": str(row.id)},
        now=now,
    )
    return True
