"""The demo's delivery: the province sends by itself, and the simulated store does not know one pupil's number.

Nothing is sent while the demo is built; the worker does it in the first minute, as it would anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from testamur.exchange.connectors.ministry import actions
from testamur.exchange.connectors.ministry.settings import form, simulator_folder
from testamur.exchange.connectors.ministry.simulator.state import Kept as Store
from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.surfaces.cli.demo_schools import Kept
from testamur.trust.records import queries as records
from testamur.trust.records.queries.filed import filed_at


def fill(by: Actor, _kept: Sequence[Kept], _family: UUID | None, now: datetime) -> None:
    """Every body that has sealed records of the store's kind; one of its pupils is unknown to the store."""
    document = form().document
    for body in schools.units_under("/", kind=UnitKind.AUTHORITY):
        found = filed_at(path=body.path, document_type=document)
        if not found:
            continue
        actions.set_out(by=by, organisation=body.id, automatic=True, now=now)
        snapshot = records.frozen(records=[found[0].record])[found[0].record]
        folder = simulator_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = Store(folder / "store.json")
        store.state.unknown.append(snapshot["subject"]["identifier"]["value"])
        store.save()
