"""Sending a code by SMS, away from the request that asked for it: so nobody can tell by the answer who is known."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.methods.sms import DIGITS, code_digest
from testamur.access.accounts.methods.texts import code_message
from testamur.access.accounts.models import Attempt
from testamur.access.accounts.rules import State
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery.actions import post
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people


@transaction.atomic
def send_code(*, by: Actor, attempt: UUID, now: datetime) -> bool:
    """Look up whom the given address or number belongs to, and send a code to the telephone in the register.

    Exactly one person must have it, and a number that takes text messages; else nothing is sent and the page says the
    same. Idempotent: a second run finds the code made. Journal: ``accounts.code.sent/1``, ``accounts.code.not_sent/1``.
    """
    row = Attempt.objects.select_for_update().filter(id=attempt, method="sms", state=State.OPEN).first()
    if row is None or "contact" not in row.kept or now >= row.expires_at:
        return False
    numbers = people.text_numbers(contact=row.kept["contact"])
    kept = {name: value for name, value in row.kept.items() if name != "contact"}
    sent = len(numbers) == 1 and all(numbers.values())
    if sent:
        ((person, number),) = numbers.items()
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        salt = secrets.token_hex(16)
        kept |= {"person": str(person), "salt": salt, "digest": code_digest(salt, code)}
        text = code_message(code, host=row.kept.get("host", ""), locale=row.locale)
        message = NewMessage(
            "sms", number, "", text, kind="accounts.code", person=person, expires=row.expires_at, urgent=True
        )
        post(by=by, messages=[message], now=now)
    row.kept = kept
    row.save(update_fields=["kept"])
    kind = "accounts.code.sent/1" if sent else "accounts.code.not_sent/1"
    append(by=by, kind=kind, path="/", refs={"attempt": str(attempt), "holders": len(numbers)}, now=now)
    return sent
