"""Codes by SMS: who may sign with one, where it goes, how many there may be. `actions` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.actions import post
from testamur.kernel.delivery.rules import NewMessage
from testamur.register.people import reach
from testamur.register.people.rules import ContactKind
from testamur.register.schools import queries as schools
from testamur.trust.signing import texts
from testamur.trust.signing.methods.contract import Begun, CodeMethod, Method, Order
from testamur.trust.signing.models import Ceremony
from testamur.trust.signing.queries import order_of
from testamur.trust.signing.rules import CODE_DIGITS, CODE_ROLES, DocumentToSign, State, one_line

if TYPE_CHECKING:
    from django.db.models import QuerySet

AN_HOUR = timedelta(hours=1)
AN_HOURS_CODES = 5
_LONGEST_ABOUT = 60
_NAMED = 2


class NotForRole(Refused):
    """Only examiners of a university sign with a code; everybody else needs an e-ID."""

    code = "signing.sms.role"


class NoPhone(Refused):
    """The staff directory has no work telephone of the signer that takes text messages."""

    code = "signing.sms.no_phone"


class TooMany(Refused):
    """Five codes within an hour: no more for this person just now."""

    code = "signing.sms.too_many"


class NoCodeAwaited(Refused):
    """The ceremony does not wait for a code: it is over, not begun, or of another method."""

    code = "signing.code.not_awaited"


class NotFiveDigits(Refused):
    """What was typed cannot be a code; it costs no try."""

    code = "signing.code.malformed"


class WrongCode(Refused):
    """Not the code of this ceremony; ``left`` tries remain."""

    code = "signing.code.wrong"


class NoTriesLeft(Refused):
    """The last try was wrong; the ceremony has failed."""

    code = "signing.code.no_tries"


class CodeExpired(Refused):
    """The code came back too late; the ceremony has ended."""

    code = "signing.code.expired"


def check_signer(*, person: UUID, role: str) -> None:
    """Refuse who may not sign with a code, or cannot be sent one: `NotForRole`, `NoPhone`."""
    if role not in CODE_ROLES:
        raise NotForRole("Only an examiner signs with a code; this role needs an e-ID.", field="method", role=role)
    number_of(person)


def number_of(person: UUID) -> str:
    """The work telephone of the staff directory, E.164; the newest of several. Raises `NoPhone`.

    It need not be verified: the directory vouches for it. Numbers with any other label do not count.
    """
    found = [point.value for point in reach.points(persons=[person], kind=ContactKind.PHONE) if point.work]
    if not found:
        raise NoPhone(
            "Your work phone is not in the staff directory; ask whoever keeps the directory to enter it, "
            "or sign with BankID.",
            field="method",
        )
    return found[-1]


def about(documents: Sequence[DocumentToSign]) -> str:
    """What a text message may call them: their groups, which name no pupil; never a title."""
    groups = list(dict.fromkeys(one_line(d.group) for d in documents if d.group))
    text = ", ".join(groups[:_NAMED]) + ("…" if len(groups) > _NAMED else "")
    return text if len(text) <= _LONGEST_ABOUT else text[: _LONGEST_ABOUT - 1] + "…"


def order_for(row: Ceremony, chosen: Method) -> Order:
    """What the method is asked to have signed; for one that sends codes with telephone and organisation."""
    order = order_of(row)
    if not chosen.confirms:
        return order
    return replace(order, phone=number_of(row.signer), organisation=_organisation(row))


def confirmable(row: Ceremony, chosen: Method) -> tuple[CodeMethod, Order]:
    """The method of a ceremony that waits for a code, and its order. Raises `NoCodeAwaited`."""
    if not chosen.confirms or row.state != State.PENDING or row.answer is not None or row.start_data is None:
        raise NoCodeAwaited(f"The ceremony is {row.state}.", ceremony=str(row.id), state=row.state)
    return cast("CodeMethod", chosen), replace(order_of(row), organisation=_organisation(row))


def _organisation(row: Ceremony) -> str:
    unit = schools.unit(row.organisation)
    return unit.name if unit else ""


def digits(code: str) -> str:
    """The five digits of what was typed, whatever stands between them. Raises `NotFiveDigits`."""
    found = "".join(c for c in code if not c.isspace() and c not in "-.")
    if len(found) != CODE_DIGITS or not (found.isascii() and found.isdigit()):
        raise NotFiveDigits("A code has five digits.", field="code")
    return found


def queue(row: Ceremony) -> None:
    """Two ceremonies of one person begin one after the other, so that their codes are counted right."""
    list(_codes_of(row).select_for_update().order_by("id").values_list("id", flat=True))


def check_room(row: Ceremony, now: datetime) -> None:
    """Refuse a sixth code within an hour, however the former ceremonies ended. Raises `TooMany`."""
    begun = _codes_of(row).filter(begun__gt=now - AN_HOUR).count()
    if begun >= AN_HOURS_CODES:
        raise TooMany(
            f"{begun} codes were sent within an hour. Wait a while, or sign with an e-ID.", most=AN_HOURS_CODES
        )


def _codes_of(row: Ceremony) -> QuerySet[Ceremony]:
    return Ceremony.objects.filter(signer=row.signer, method=row.method)


@dataclass(frozen=True, slots=True)
class Sending:
    """Where a code goes (E.164), the host whose page may fill it in by itself, for how many seconds it is good."""

    number: str
    host: str
    lifetime: float


def send(*, by: Actor, row: Ceremony, begun: Begun, to: Sending, now: datetime) -> None:
    """Post the code, in the caller's transaction; nothing else of it is kept in the clear. Raises `TooMany`."""
    check_room(row, now)
    text = texts.code_message(
        begun.code,
        about=(row.start_data or {}).get("about", ""),
        count=row.count,
        check=texts.check_number(row.root),
        host=to.host,
        locale=row.locale,
    )
    message = NewMessage(
        "sms",
        to.number,
        "",
        text,
        kind="signing.code",
        path=row.path,
        person=row.signer,
        expires=now + timedelta(seconds=to.lifetime),
        urgent=True,
        dedupe=f"signing.code:{begun.reference}",
    )
    # who may sign may have the code sent to the directory's number, and nothing else to anybody
    may = replace(by, grants=(*by.grants, Grant("signing", row.path, ("delivery.message.post",))))
    post(by=may, messages=[message], now=now)
