"""The simulated registry in the background of a demonstration or a test."""

from __future__ import annotations

from pathlib import Path

from testamur.exchange.connectors.ladok.simulator.server import Simulator


def serve(folder: Path, *, port: int = 0) -> Simulator:
    """Start the registry in the background and write its address into `folder`, where ``LADOK_URL=simulated`` looks.

    Everything is kept in `folder` as well, so that a restarted demonstration finds its results again.
    """
    simulator = Simulator(folder, port=port, keep=True).start()
    (folder / "address").write_text(simulator.url)
    return simulator
