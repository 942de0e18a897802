"""Return addresses: how a browser proves that it is the one from which the e-ID's app was started."""

from __future__ import annotations

import secrets
from dataclasses import replace

from testamur.kernel.base.refused import Refused
from testamur.trust.signing.methods.contract import Device


class NoNonce(Refused):
    """A return address without a place for its nonce cannot prove that the same browser came back."""

    code = "signing.return_url.nonce"


def with_nonce(device: Device) -> tuple[Device, str]:
    """The device with a fresh nonce in its return address, and the nonce; as it is, and empty, without an address.

    Raises `NoNonce`.
    """
    if not device.return_url:
        return device, ""
    if "{nonce}" not in device.return_url:
        raise NoNonce("The return address needs {nonce} in it.", field="return_url")
    nonce = secrets.token_urlsafe(24)
    return replace(device, return_url=device.return_url.replace("{nonce}", nonce)), nonce
