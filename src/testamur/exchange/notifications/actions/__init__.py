"""The verbs of the notices, one file per subject matter."""

from __future__ import annotations

from testamur.exchange.notifications.actions.calls import note_call
from testamur.exchange.notifications.actions.choices import (
    choose,
    send_test,
    set_settings,
    stop_by_link,
    stop_by_number,
)
from testamur.exchange.notifications.actions.deciding import confirm_registration, refuse_registration
from testamur.exchange.notifications.actions.devices import add_device, forget_device
from testamur.exchange.notifications.actions.families import tell_again, tell_families
from testamur.exchange.notifications.actions.labels import print_labels, renew_codes, revoke_codes
from testamur.exchange.notifications.actions.pins import check_pin, remove_pin, set_pin
from testamur.exchange.notifications.actions.registrations import (
    expire_registrations,
    open_own,
    open_registration,
    prove_by_contact,
    prove_registration,
    revoke_registration,
)
from testamur.exchange.notifications.actions.telling import tell

__all__ = [
    "add_device",
    "check_pin",
    "choose",
    "confirm_registration",
    "expire_registrations",
    "forget_device",
    "note_call",
    "open_own",
    "open_registration",
    "print_labels",
    "prove_by_contact",
    "prove_registration",
    "refuse_registration",
    "remove_pin",
    "renew_codes",
    "revoke_codes",
    "revoke_registration",
    "send_test",
    "set_pin",
    "set_settings",
    "stop_by_link",
    "stop_by_number",
    "tell",
    "tell_again",
    "tell_families",
]
