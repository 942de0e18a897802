"""How this installation reaches the registry, and the TLS context that trusts the registry's root and nothing else."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from testamur.kernel.base.mutual import client_context
from testamur.kernel.base.refused import Refused

SIMULATED = "simulated"
"""As address, in a demonstration: the registry that `simulator` serves on this machine."""
REGISTRY = "ladok"
"""Name of the registry in links and cursors."""


class NotSetUp(Refused):
    """No registry is configured here, or a file of its configuration cannot be used."""

    code = "connectors.registry.not_set_up"


@dataclass(frozen=True, slots=True)
class LadokSettings:
    """One client at one environment of the registry.

    Attributes:
        url: base of the API, ends with ``/``.
        client_certificate: PKCS#12 (``.p12``, ``.pfx``) or PEM of our certificate.
        client_key: PEM of its key; None when the key is in the same file.
        password_file: file with the password of key or PKCS#12; None for a key without one.
        server_root: PEM of the root that the registry's servers chain to; the system's store is never used.
        feed: path of the feed under `url`, without the last part (``uppfoljning/feed``; some environments have
            ``handelser/feed``).
        profile: id of the authorisation profile whose users may attest (behörighetsprofil).
        timeout: seconds for one call.
        rate: calls a second; 0: no bound.
    """

    url: str
    client_certificate: Path
    server_root: Path
    client_key: Path | None = None
    password_file: Path | None = None
    feed: str = "uppfoljning/feed"
    profile: str = ""
    timeout: float = 20.0
    rate: float = 10.0

    def ssl_context(self) -> ssl.SSLContext:
        """mTLS: our certificate, and the registry's root as the only trusted one. Raises `NotSetUp`."""
        try:
            return client_context(
                self.client_certificate,
                key=self.client_key,
                password_file=self.password_file,
                server_root=self.server_root,
            )
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise NotSetUp(f"The certificates for the registry cannot be used: {error}.", field="ladok") from error


def is_set_up() -> bool:
    """Whether a registry is named here at all."""
    return bool(settings.LADOK["url"])


def simulator_folder() -> Path:
    """Where the simulated registry of a demonstration keeps its certificates and its address."""
    return Path(settings.DATA) / "registry-simulator"


def configured() -> LadokSettings:
    """From ``TESTAMUR_LADOK_*``. Raises `NotSetUp` with the names of what is missing."""
    given = settings.LADOK
    if given["url"] == SIMULATED:
        return _simulated(float(given["rate"]))
    missing = [
        f"TESTAMUR_LADOK_{name.upper()}" for name in ("url", "client_certificate", "server_root") if not given[name]
    ]
    if missing:
        raise NotSetUp(f"The registry is not set up here: {', '.join(missing)}.", field="ladok", missing=missing)
    return LadokSettings(
        url=given["url"].rstrip("/") + "/",
        client_certificate=given["client_certificate"],
        client_key=given["client_key"],
        password_file=given["password_file"],
        server_root=given["server_root"],
        feed=given["feed"].strip("/"),
        profile=given["profile"],
        timeout=given["timeout"],
        rate=given["rate"],
    )


def _simulated(rate: float) -> LadokSettings:
    folder = simulator_folder()
    if settings.MODE != "demo":
        raise NotSetUp("A simulated registry belongs to a demonstration.", field="ladok")
    try:
        url = (folder / "address").read_text().strip()
    except OSError as error:
        raise NotSetUp("The simulated registry has not been started.", field="ladok") from error
    return simulated_settings(folder, url, rate=rate)


def simulated_settings(folder: Path, url: str, *, rate: float = 0) -> LadokSettings:
    """How one reaches the simulator that keeps its certificates in `folder`."""
    return LadokSettings(
        url=url,
        client_certificate=folder / "client.pem",
        client_key=folder / "client.key",
        server_root=folder / "root.pem",
        profile="examinators",
        timeout=5,
        rate=rate,
    )
