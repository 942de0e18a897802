"""``python -m testamur.trust.signing.methods.bankid.simulator FOLDER [PORT]``: a BankID for demonstrations."""

from __future__ import annotations

import sys
from pathlib import Path

from testamur.trust.signing.methods.bankid.simulator.magic import NUMBERS
from testamur.trust.signing.methods.bankid.simulator.server import Simulator


def main(arguments: list[str]) -> int:
    """Serve until interrupted; prints the environment that a Testamur needs to use it."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 - folder and port
        sys.stderr.write(f"{__doc__}\n")
        return 2
    simulator = Simulator(Path(arguments[0]), port=int(arguments[1]) if len(arguments) > 1 else 0)
    settings = simulator.settings
    lines = [
        "# TEST: a simulated BankID. Set these where Testamur runs:",
        f"TESTAMUR_BANKID_URL={settings.url}",
        f"TESTAMUR_BANKID_CLIENT_CERTIFICATE={settings.client_certificate}",
        f"TESTAMUR_BANKID_CLIENT_KEY={settings.client_key}",
        f"TESTAMUR_BANKID_SERVER_ROOT={settings.server_root}",
        f"TESTAMUR_BANKID_SIGNATURE_ROOTS={settings.signature_roots}",
        "# Personal numbers that make something go wrong:",
        *[f"#   {number}  {mishap.value}" for mishap, number in NUMBERS.items()],
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
