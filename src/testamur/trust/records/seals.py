"""The organisation's seal, opened once per process."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.queries import Seal, active_seal
from testamur.trust.sealing.sealer import Sealer

_open: dict[tuple[UUID, int], Sealer] = {}


class NoOrganisation(Refused):
    """The record names an organisation that the register does not have."""

    code = "records.no_organisation"


def sealer_for(organisation: UUID, at: datetime) -> Sealer:
    """The sealer with the organisation's active seal at that time; opened once per seal and process.

    Raises `NoActiveSeal`, what opening the key refuses, NoOrganisation.
    """
    return _sealer(active_seal(organisation, at))


def _sealer(seal: Seal) -> Sealer:
    where = (seal.id, os.getpid())
    if where not in _open:
        unit = schools.unit(seal.organisation)
        if unit is None:
            raise NoOrganisation("There is no such organisation.", organisation=str(seal.organisation))
        _open[where] = Sealer(open_key(seal.locator), seal.certificates[:2], unit.name)
    return _open[where]
