"""Fetching what identity providers say of themselves, before anybody waits for it."""

from __future__ import annotations

from datetime import datetime

from testamur.access.accounts.methods.contract import method
from testamur.access.accounts.methods.saml.method import Saml
from testamur.kernel.base.refused import Refused


def refresh_metadata(*, now: datetime) -> int:
    """Fetch the metadata of SAML providers anew; returns how many were believed. 0 where no SAML is set up."""
    try:
        ours = method("saml")
    except Refused:
        return 0
    assert isinstance(ours, Saml)
    return ours.refresh(now=now)
