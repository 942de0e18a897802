"""The ministry's store of a demonstration: simulated, served beside the web, and where nothing is real alone."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testamur.exchange.connectors.ministry.simulator.server import Simulator


def start() -> Simulator | None:
    """Serve the simulated store from this process; None outside demo mode, and where there is nobody to deliver.

    Whatever is started after this (web, worker) finds it by the environment. It is kept in the data folder: started
    again it knows what it took.
    """
    from django.db import connections

    running = serve()
    connections.close_all()  # what is started next has connections of its own
    return running


def serve(*, port: int = 0) -> Simulator | None:
    """As `start`, on that port."""
    from django.conf import settings

    from testamur.exchange.connectors.ministry.settings import SIMULATED, simulator_folder, writer
    from testamur.exchange.connectors.ministry.simulator import server
    from testamur.kernel.base import clock
    from testamur.law.tables import PACKS
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import UnitKind
    from testamur.trust.sealing.queries import NoActiveSeal, active_seal

    if settings.MODE == "production" or settings.MINISTRY["url"] not in {"", SIMULATED}:
        return None
    form = writer()
    countries = {pack.id.partition(".")[0].upper() for pack in PACKS.values() if form.form.document.startswith(pack.id)}
    bodies = [one for one in schools.units_under("/", kind=UnitKind.AUTHORITY) if one.country in countries]
    if not bodies:
        return None
    running = server.serve(simulator_folder(), form, port=port)
    try:
        for one in bodies:
            with suppress(NoActiveSeal):
                running.knows(one.code, active_seal(one.id, clock.now()).certificates[:1])
    except BaseException:
        running.stop()
        raise
    os.environ["TESTAMUR_MINISTRY_URL"] = settings.MINISTRY["url"] = SIMULATED
    return running
