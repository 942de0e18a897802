"""How this installation reaches its signing service, and which hosts it may talk to."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from testamur.kernel.base.refused import Refused

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotSetUp(Refused):
    """No signing service is named here, or what is said of it cannot be used."""

    code = "signing.csc.not_set_up"


@dataclass(frozen=True, slots=True)
class CscSettings:
    """One signing service.

    Attributes:
        url: base of the API, ends with ``/csc/v2/``.
        token_url: OAuth 2.0 token endpoint; empty: ``oauth2/token`` below what ``info`` says, on the same host only.
        client_id: our name at its authorisation server; empty: no token is asked for (a service that knows our
            network or certificate).
        client_secret_file: our secret there.
        server_root: PEM of the one root that its servers end in; None trusts the system's store.
        user: how it names a signer in ``credentials/list``; ``{number}`` and ``{scheme}`` are filled in.
        timeout: seconds for one call.
        authorize_url: OAuth 2.0 authorization endpoint, for keys that are authorised in the service's own pages.
    """

    url: str
    token_url: str = ""
    client_id: str = ""
    client_secret_file: Path | None = None
    server_root: Path | None = None
    user: str = "{number}"
    timeout: float = 10.0
    authorize_url: str = ""

    @property
    def authorize(self) -> str:
        """Where the signer's browser is sent to authorise a key; beside the token address where it is not named."""
        return self.authorize_url or self.token_url.removesuffix("/token") + "/authorize"

    @property
    def pushed(self) -> str:
        """Where such a request is laid down first (RFC 9126), so that no address has to carry hundreds of digests."""
        return self.token_url.removesuffix("/token") + "/pushed_authorize"

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts and ports that may be called; nothing else ever is, whatever an answer says."""
        return frozenset(urlsplit(url).netloc for url in (self.url, self.token_url) if url)

    def secret(self) -> str:
        """Our secret at the authorisation server. Raises `NotSetUp`."""
        if self.client_secret_file is None:
            return ""
        try:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise NotSetUp("The secret for the signing service cannot be read.", field="method") from error

    def client(self) -> httpx.Client:
        """Our HTTP client: no proxy from the environment, no redirects, TLS 1.2 or later. Raises `NotSetUp`."""
        try:
            context = ssl.create_default_context(cafile=str(self.server_root) if self.server_root else None)
        except OSError as error:  # ssl.SSLError is one
            raise NotSetUp("The root of the signing service cannot be read.", field="method") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return httpx.Client(verify=context, timeout=self.timeout, trust_env=False, follow_redirects=False)


def configured() -> CscSettings:
    """From ``TESTAMUR_CSC_*``. Raises `NotSetUp`; plain HTTP is taken on this machine alone."""
    given = settings.CSC
    if not given["url"]:
        raise NotSetUp("TESTAMUR_CSC_URL is not set: there is no signing service here.", field="method")
    for url in (given["url"], given["token_url"], given["authorize_url"]):
        found = urlsplit(url)
        if url and found.scheme != "https" and not (found.scheme == "http" and found.hostname in LOOPBACK):
            raise NotSetUp("The signing service must be reached over https.", field="method")
    return CscSettings(
        url=given["url"].rstrip("/") + "/",
        token_url=given["token_url"],
        client_id=given["client_id"],
        client_secret_file=given["client_secret_file"],
        server_root=given["server_root"],
        user=given["user"],
        timeout=given["timeout"],
        authorize_url=given["authorize_url"],
    )
