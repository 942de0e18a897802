"""``python -m testamur.exchange.connectors.ladok.simulator FOLDER [PORT]``: a registry for demonstrations."""

from __future__ import annotations

import sys
from pathlib import Path

from testamur.exchange.connectors.ladok.simulator.server import Simulator


def main(arguments: list[str]) -> int:
    """Serve until interrupted; prints the environment that a Testamur needs to use it."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 - folder and port
        sys.stderr.write(f"{__doc__}\n")
        return 2
    simulator = Simulator(Path(arguments[0]), port=int(arguments[1]) if len(arguments) > 1 else 0, keep=True)
    known = simulator.settings
    lines = [
        "# TEST: a simulated student registry. Set these where Testamur runs:",
        f"TESTAMUR_LADOK_URL={known.url}",
        f"TESTAMUR_LADOK_CLIENT_CERTIFICATE={known.client_certificate}",
        f"TESTAMUR_LADOK_CLIENT_KEY={known.client_key}",
        f"TESTAMUR_LADOK_SERVER_ROOT={known.server_root}",
        f"TESTAMUR_LADOK_PROFILE={known.profile}",
        f"# Page of control: {known.url}simulator/",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    try:
        simulator.serve()
    except KeyboardInterrupt:
        simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
