"""The student registry of a demonstration: simulated, served beside the web, and in demo mode alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testamur.exchange.connectors.ladok.simulator.server import Simulator


def start() -> Simulator | None:
    """Serve the simulated registry from this process, filled with the universities that there are.

    Signed lists go there as they would to the real one; its page of control attests them. None outside demo mode,
    where another registry is named, and where there is no university. Everything is kept in the data folder: started
    again it knows what was reported. Whatever is started after this (web, worker) finds it by the environment.
    """
    from django.conf import settings
    from django.db import connections

    from testamur.exchange.connectors.ladok.settings import SIMULATED, simulator_folder
    from testamur.exchange.connectors.ladok.simulator import serving
    from testamur.exchange.connectors.ladok.simulator.demo import seed_university
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Form, UnitKind

    if settings.MODE != "demo" or settings.LADOK["url"] not in {"", SIMULATED}:
        return None
    universities = [one for one in schools.units_under("/", kind=UnitKind.AUTHORITY) if one.form is Form.UNIVERSITY]
    if not universities:
        return None
    running = serving.serve(simulator_folder())
    try:
        for one in universities:
            seed_university(by=operator(), state=running.state, path=one.path, on=clock.now().date())
    except BaseException:
        running.stop()
        raise
    connections.close_all()  # what is started next has connections of its own
    os.environ["TESTAMUR_LADOK_URL"] = settings.LADOK["url"] = SIMULATED
    return running
