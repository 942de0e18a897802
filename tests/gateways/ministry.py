"""The simulated store of the ministry for tests: certificates once a session, a port of its own each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testamur.exchange.connectors.ministry.mapping.checking import check
from testamur.exchange.connectors.ministry.mapping.reading import read
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.exchange.connectors.ministry.settings import TEST_FORM
from testamur.exchange.connectors.ministry.simulator.server import Simulator
from testamur.exchange.connectors.ministry.simulator.taking import Reading


@contextmanager
def serving(folder: Path, writer: Writer | None = None, reading: Reading | None = None) -> Iterator[Simulator]:
    """A store that takes batches of that form (ours, marked TEST, where none is named)."""
    with Simulator(folder, writer or check(read(TEST_FORM)), reading=reading) as store:
        yield store
