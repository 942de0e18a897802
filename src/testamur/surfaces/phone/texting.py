"""Incoming text messages: a pupil code registers, digits prove, STOP ends, all else is answered with help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.queries.logins import locale_of
from testamur.access.accounts.rules import TooMany
from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.queries.calls import caller as owner_of
from testamur.exchange.notifications.rules.registrations import CodeWrong, Route
from testamur.register.people.rules import CodeInvalid, ContactInvalid
from testamur.register.people.rules.codes import normalise_code
from testamur.surfaces.phone.service import SERVICE, Call
from testamur.surfaces.phone.speech import text

PER_SENDER = (12, timedelta(hours=1))
ONCE = timedelta(days=2)
"""So long a carrier may deliver one message again."""

STOPS = frozenset({
    "STOP", "STOPP", "STOPALL", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "AVSLUTA", "СТОП", "ДОСТА", "DỪNG", "DUNG",
    "HUỶ", "HỦY", "HUY",
})  # fmt: skip
_EMAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\d{6}")
_COUNTRIES = {"+359": "bg", "+46": "sv", "+84": "vi"}
LONGEST = 320


class Wish(StrEnum):
    """What somebody wants who writes."""

    STOP = "stop"
    REGISTER = "register"
    PROVE = "prove"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Read:
    """A message as it was understood; `code` is a pupil code or the six digits, `email` an address beside it."""

    wish: Wish
    code: str = ""
    email: str = ""


def understood(message: str) -> Read:
    """What a message wants."""
    words = " ".join(message[:LONGEST].split())
    if words.upper().strip(" .!\"'") in STOPS:
        return Read(Wish.STOP)
    if _DIGITS.fullmatch(words.replace(" ", "")):
        return Read(Wish.PROVE, words.replace(" ", ""))
    found = _EMAIL.search(words)
    email = found[0].strip("<>,;") if found else ""
    rest = _EMAIL.sub(" ", words)
    for tried in (rest, *rest.split()):
        try:
            return Read(Wish.REGISTER, normalise_code(tried), email)
        except CodeInvalid:
            continue
    return Read(Wish.HELP)


def answered(*, sender: str, message: str, name: str, now: datetime) -> str:
    """Do what a message wants; returns the answer, empty for one that came before or from somebody who sends too many.

    `sender` is the number in E.164, `name` the carrier's name of the message. A wrong pupil code is answered like a
    right one.
    """
    if not sender:
        return ""
    try:
        if name:
            accounts.limit(by=SERVICE, name="phone.message", key=name, most=1, within=ONCE, now=now)
        most, within = PER_SENDER
        accounts.limit(by=SERVICE, name="phone.sender", key=sender, most=most, within=within, now=now)
    except TooMany:
        return ""
    read = understood(message)
    call = Call(name or sender, sender, now)
    notices.note_call(by=SERVICE, call=call.id, leg=f"sms {read.wish}", now=now)
    try:
        return text(_DONE[read.wish](call, read), _locale(sender))
    except TooMany:
        return text("sms_often", _locale(sender))
    except ContactInvalid:
        return text("sms_help", _locale(sender))


def _stop(call: Call, _read: Read) -> str:
    notices.stop_by_number(by=SERVICE, number=call.number, now=call.now)
    return "sms_stopped"


def _register(call: Call, read: Read) -> str:
    """The number that wrote, or the address beside the code, which then takes the place of the former one."""
    notices.open_registration(
        by=SERVICE,
        code=read.code,
        contact=read.email or call.number,
        route=Route.SMS,
        locale=_locale(call.number),
        replace=bool(read.email),
        sender=call.number if read.email else "",
        now=call.now,
    )
    return "sms_registered"


def _prove(call: Call, read: Read) -> str:
    try:
        notices.prove_by_contact(by=SERVICE, contact=call.number, code=read.code, now=call.now)
    except CodeWrong:
        return "sms_not_proved"
    return "sms_proved"


def _help(_call: Call, _read: Read) -> str:
    return "sms_help"


_DONE = {Wish.STOP: _stop, Wish.REGISTER: _register, Wish.PROVE: _prove, Wish.HELP: _help}


def _locale(number: str) -> str:
    """The language that the number's owner chose, else that of its country."""
    owner = owner_of(number)
    chosen = locale_of(owner) if owner is not None else ""
    return chosen or next((locale for prefix, locale in _COUNTRIES.items() if number.startswith(prefix)), "en")
