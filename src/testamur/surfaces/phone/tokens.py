"""Where a call is, carried in the address that the carrier calls next: encrypted, of one call, and soon too old."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from testamur.access.accounts.methods.hiding import SecretLost, decrypt, encrypt, keyed, same
from testamur.kernel.base.refused import Refused
from testamur.surfaces.phone.flow import State, read, written

LIFETIME = timedelta(minutes=10)
USE = "phone state"


class Forged(Refused):
    """The address is not one of ours, or belongs to another call."""

    code = "phone.forged"


class Late(Refused):
    """The address is older than ten minutes; `locale` is the language of the call."""

    code = "phone.late"

    def __init__(self, locale: str) -> None:
        """Keep the language."""
        super().__init__("The call took too long.")
        self.locale = locale


def pack(state: State, *, call: str, now: datetime) -> str:
    """A token that holds the state."""
    value = {"state": written(state), "call": keyed(USE, call)[:24], "at": int(now.timestamp())}
    return encrypt(USE, json.dumps(value, separators=(",", ":"))).rstrip("=")


def unpack(token: str, *, call: str, now: datetime) -> State:
    """The state of a token of this call. Raises `Forged`, `Late`."""
    try:
        value = json.loads(decrypt(USE, token + "=" * (-len(token) % 4)))
    except (SecretLost, ValueError) as error:
        raise Forged("This address is not one of ours.") from error
    if not same(value["call"], keyed(USE, call)[:24]):
        raise Forged("This address belongs to another call.")
    state = read(value["state"])
    if now.timestamp() - value["at"] > LIFETIME.total_seconds():
        raise Late(state.locale)
    return state
