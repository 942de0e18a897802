"""How this installation reaches the ministry's store, whose receipts it believes, and which form it uses."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from testamur.exchange.connectors.ministry.mapping.checking import check
from testamur.exchange.connectors.ministry.mapping.reading import Form, read
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.kernel.base.mutual import client_context
from testamur.kernel.base.refused import Refused

SIMULATED = "simulated"
"""As address, where nothing is real: the store that `simulator` serves on this machine."""
TEST_FORM = Path(__file__).parent / "forms" / "test"
MOST = 1000
"""Records of one batch at most, whatever the settings say."""


class NotSetUp(Refused):
    """No store is named here, or a file of its configuration cannot be used."""

    code = "connectors.delivery.not_set_up"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """One sender's way to one store.

    Attributes:
        url: base of the store's interface, ends with ``/``.
        client_certificate: PKCS#12 or PEM of our certificate for the connection.
        server_root: PEM of the root that the store's server chains to; the system's own roots are never used.
        receipt_roots: DER of the roots that the signatures of receipts chain to.
        most: records of one batch.
        timeout: seconds for one call.
    """

    url: str
    client_certificate: Path
    server_root: Path
    receipt_roots: tuple[bytes, ...]
    client_key: Path | None = None
    password_file: Path | None = None
    most: int = 200
    timeout: float = 60.0

    def ssl_context(self) -> ssl.SSLContext:
        """mTLS: our certificate, and the store's root as the only trusted one. Raises `NotSetUp`."""
        try:
            return client_context(
                self.client_certificate,
                key=self.client_key,
                password_file=self.password_file,
                server_root=self.server_root,
            )
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise NotSetUp(f"The certificates for the store cannot be used: {error}.", field="ministry") from error


def is_set_up() -> bool:
    """Whether a store is named here at all."""
    return bool(settings.MINISTRY["url"])


def simulator_folder() -> Path:
    """Where the simulated store of a demonstration keeps its certificates, what it got, and its address."""
    return Path(settings.DATA) / "ministry-simulator"


def configured() -> StoreSettings:
    """From ``TESTAMUR_MINISTRY_*``. Raises `NotSetUp` with the names of what is missing."""
    given = settings.MINISTRY
    if given["url"] == SIMULATED:
        return _simulated(int(given["most"]))
    names = ("url", "client_certificate", "server_root", "receipt_root")
    missing = [f"TESTAMUR_MINISTRY_{name.upper()}" for name in names if not given[name]]
    if missing:
        raise NotSetUp(f"The store is not set up here: {', '.join(missing)}.", field="ministry", missing=missing)
    if settings.MODE == "production" and writer().form.test:
        raise NotSetUp("The form is a TEST one: TESTAMUR_MINISTRY_FORM names the store's own.", field="ministry")
    return StoreSettings(
        url=given["url"].rstrip("/") + "/",
        client_certificate=given["client_certificate"],
        client_key=given["client_key"],
        password_file=given["password_file"],
        server_root=given["server_root"],
        receipt_roots=roots(given["receipt_root"]),
        most=min(int(given["most"]), MOST),
        timeout=given["timeout"],
    )


def roots(place: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file, as DER. Raises `NotSetUp`."""
    try:
        found = x509.load_pem_x509_certificates(place.read_bytes())
    except (OSError, ValueError) as error:
        raise NotSetUp(f"The roots of receipts cannot be read: {error}.", field="ministry") from error
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def _simulated(most: int) -> StoreSettings:
    folder = simulator_folder()
    if settings.MODE == "production":
        raise NotSetUp("A simulated store belongs to a demonstration.", field="ministry")
    try:
        url = (folder / "address").read_text().strip()
    except OSError as error:
        raise NotSetUp("The simulated store has not been started.", field="ministry") from error
    return simulated_settings(folder, url, most=most)


def simulated_settings(folder: Path, url: str, *, most: int = 200, timeout: float = 10) -> StoreSettings:
    """How one reaches the simulator that keeps its certificates in `folder`."""
    return StoreSettings(
        url=url,
        client_certificate=folder / "client.pem",
        client_key=folder / "client.key",
        server_root=folder / "root.pem",
        receipt_roots=roots(folder / "root.pem"),
        most=min(most, MOST),
        timeout=timeout,
    )


def form_folder() -> Path:
    """The folder of the form in use: the operator's, or our TEST form."""
    return settings.MINISTRY["form"] or TEST_FORM


def writer() -> Writer:
    """The form in use, read, checked and made ready; read anew when its files change. Raises `MappingInvalid`."""
    folder = form_folder()
    return _writer(folder, _changed(folder))


@lru_cache(maxsize=4)
def _writer(folder: Path, _stamp: tuple[int, ...]) -> Writer:
    return check(read(folder))


def _changed(folder: Path) -> tuple[int, ...]:
    """When the files of a form were changed; a folder that cannot be read is told by `read`."""
    try:
        return tuple(one.stat().st_mtime_ns for one in sorted(folder.iterdir()))
    except OSError:
        return ()


def form() -> Form:
    """The form in use. Raises `MappingInvalid`."""
    return writer().form
