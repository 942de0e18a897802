"""A student registry on this machine: the calls that result reporting needs, over loopback mTLS, with its own PKI.

For demonstrations, tests, and customers who try their installation without a contract. It keeps what makes the real
one hard: stamps, rights of each user, modules before courses, media types, pages that repeat and lose rows when no
order is asked for, attesting that no client can do, a feed with archives, outages. Everything in it is invented.
"""

from __future__ import annotations

from pathlib import Path

from testamur.exchange.connectors.ladok.simulator.server import Simulator

__all__ = ["Simulator", "serve"]


def serve(folder: Path, *, port: int = 0) -> Simulator:
    """Start the registry in the background and write its address into `folder`, where ``LADOK_URL=simulated`` looks.

    Everything is kept in `folder` as well, so that a restarted demonstration finds its results again.
    """
    simulator = Simulator(folder, port=port, keep=True).start()
    (folder / "address").write_text(simulator.url)
    return simulator
