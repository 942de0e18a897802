"""Which providers are trusted for what: one file, TOML or JSON, named by ``TESTAMUR_OIDC``.

.. code-block:: toml

    [providers.skolid]
    label = "Skol-ID"
    issuer = "https://login.example"
    client_id = "testamur"
    client_secret_file = "/etc/testamur/skolid.secret"
    scope = "openid profile"
    levels = { "http://id.sambi.se/loa/loa2" = "substantial", "http://id.sambi.se/loa/loa3" = "high" }
    amr = ["mfa"]
    identifiers = [{ claim = "personalIdentityNumber", scheme = "se.personnummer" }]
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, model_validator

from testamur.access.accounts.rules import Level
from testamur.kernel.base.refused import Refused
from testamur.register.people.rules import Scheme


class NotSetUp(Refused):
    """No provider is configured here, or the file cannot be used."""

    code = "accounts.oidc.not_set_up"


class Claim(BaseModel):
    """A claim that holds a number of the register: of which scheme (and source, for local numbers)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str
    scheme: Scheme
    context: str = ""


class Provider(BaseModel):
    """One provider.

    Attributes:
        label: what the button says.
        issuer: exactly as in its tokens; https, or a host of this machine in demo mode.
        client_id, client_secret_file: who we are there; without a secret a public client.
        scope, acr_values: asked for. `acr_values` defaults to the keys of `levels`.
        levels: value of ``acr`` → level; a token with another ``acr`` is refused. ``"*"`` stands for any, and for none.
        amr: all of these must be in ``amr``.
        identifiers: where the number is; the first that is there and known counts.
        body: code of the body whose provider it is: it finds that body's people alone. Empty: everybody.
        userinfo: ask the userinfo endpoint for claims that the token lacks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    issuer: str
    client_id: str
    client_secret_file: Path | None = None
    scope: str = "openid"
    acr_values: tuple[str, ...] = ()
    levels: Mapping[str, Literal["low", "substantial", "high"]] = Field(min_length=1)
    amr: tuple[str, ...] = ()
    identifiers: tuple[Claim, ...] = Field(min_length=1)
    userinfo: bool = False
    body: str = ""

    @model_validator(mode="after")
    def _safe(self) -> Provider:
        local = self.issuer.startswith(("http://localhost:", "http://127.0.0.1:")) and settings.MODE == "demo"
        if not self.issuer.startswith("https://") and not local:
            raise ValueError("the issuer has to be an https address")
        if "openid" not in self.scope.split():
            raise ValueError("scope needs openid")
        return self

    @property
    def secret(self) -> str | None:
        """The client's secret."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else None

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Values of ``acr`` to ask for."""
        return self.acr_values or tuple(acr for acr in self.levels if acr != "*")

    def level(self, acr: object) -> Level | None:
        """The level that ``acr`` stands for, or None."""
        name = self.levels.get(acr) if isinstance(acr, str) else None
        name = name or self.levels.get("*")
        return Level[name.upper()] if name else None


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: Mapping[_Name, Provider]


def where() -> tuple[Path, int]:
    """The file, and when it was changed. Raises `NotSetUp`."""
    path = Path(settings.OIDC) if settings.OIDC else None
    if path is None or not path.is_file():
        raise NotSetUp("No provider of OpenID Connect is set up here (TESTAMUR_OIDC).", field="method")
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def read(path: Path, changed: int) -> Mapping[str, Provider]:  # noqa: ARG001 - part of the key of the cache
    """Name → provider, in the order of the file. Raises `NotSetUp`."""
    try:
        text = path.read_text()
        return _File.model_validate(json.loads(text) if path.suffix == ".json" else tomllib.loads(text)).providers
    except (OSError, ValueError) as error:
        raise NotSetUp(f"{path} cannot be used: {error}", field="method") from error
