"""Which providers are trusted for what: one file, TOML or JSON, named by ``TESTAMUR_SAML``.

.. code-block:: toml

    key_file = "/etc/testamur/saml.key"
    certificate_file = "/etc/testamur/saml.pem"

    [providers.skolfed]
    label = "Skolfederation"
    entity_id = "https://idp.example/metadata"
    metadata = "/etc/testamur/idp.xml"                    # a file, or an https address with the signer's certificate:
    # metadata = "https://md.example/prod.xml"
    # metadata_certificate = "/etc/testamur/md-signer.pem"
    levels = { "http://www.swamid.se/policy/assurance/al2" = "substantial", "http://id.sambi.se/loa/loa3" = "high" }
    identifiers = [{ attribute = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6", scheme = "local", context = "9901/eppn" }]
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

    code = "accounts.saml.not_set_up"


class Attribute(BaseModel):
    """An attribute that holds a number of the register: of which scheme (and source, for local numbers)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attribute: str
    scheme: Scheme
    context: str = ""


class Provider(BaseModel):
    """One provider.

    Attributes:
        label: what the button says.
        entity_id: exactly as in its assertions.
        metadata: a file, or an https address; of an address the signature is checked with `metadata_certificate`.
        levels: authentication context class → level; an assertion with another one is refused.
        requested: context classes to ask for; the keys of `levels` where none are named.
        identifiers: where the number is; the first that is there and known counts.
        body: code of the body whose provider it is: it finds that body's people alone. Empty: everybody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    entity_id: str
    metadata: str
    metadata_certificate: Path | None = None
    levels: Mapping[str, Literal["low", "substantial", "high"]] = Field(min_length=1)
    requested: tuple[str, ...] = ()
    identifiers: tuple[Attribute, ...] = Field(min_length=1)
    body: str = ""

    @model_validator(mode="after")
    def _safe(self) -> Provider:
        if "://" in self.metadata:
            if not self.metadata.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
                raise ValueError("metadata is a file or an https address")
            if self.metadata_certificate is None:
                raise ValueError("metadata from an address needs metadata_certificate, whose signature it has to have")
        return self

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Context classes to ask for."""
        return self.requested or tuple(self.levels)

    def level(self, context: str) -> Level | None:
        """The level that a context class stands for, or None."""
        name = self.levels.get(context)
        return Level[name.upper()] if name else None


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")]


class Table(BaseModel):
    """The file.

    Attributes:
        entity_id: who we are; the address of our metadata where none is said.
        key_file, certificate_file: with which requests and our metadata are signed.
        encryption_key_file, encryption_certificate_file: RSA, for what providers encrypt for us; the pair above where
            none is named and that one is RSA.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    entity_id: str = ""
    key_file: Path
    certificate_file: Path
    encryption_key_file: Path | None = None
    encryption_certificate_file: Path | None = None
    providers: Mapping[_Name, Provider]

    @model_validator(mode="after")
    def _paired(self) -> Table:
        if (self.encryption_key_file is None) != (self.encryption_certificate_file is None):
            raise ValueError("encryption_key_file and encryption_certificate_file go together")
        return self

    @property
    def us(self) -> str:
        """Our entity id."""
        return self.entity_id or address("metadata/")

    @property
    def key(self) -> bytes:
        """Our private key, PEM."""
        return self.key_file.read_bytes()

    @property
    def certificate(self) -> bytes:
        """Its certificate, PEM."""
        return self.certificate_file.read_bytes()

    @property
    def opener(self) -> tuple[bytes, bytes]:
        """The key with which what was encrypted for us is opened, and its certificate; both PEM."""
        if self.encryption_key_file is None or self.encryption_certificate_file is None:
            return self.key, self.certificate
        return self.encryption_key_file.read_bytes(), self.encryption_certificate_file.read_bytes()


def address(part: str) -> str:
    """An address of ours for SAML."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/account/saml/{part}"


def where() -> tuple[Path, int]:
    """The file, and when it was changed. Raises `NotSetUp`."""
    path = Path(settings.SAML) if settings.SAML else None
    if path is None or not path.is_file():
        raise NotSetUp("No provider of SAML is set up here (TESTAMUR_SAML).", field="method")
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def read(path: Path, changed: int) -> Table:  # noqa: ARG001 - part of the key of the cache
    """The table. Raises `NotSetUp`."""
    try:
        text = path.read_text()
        return Table.model_validate(json.loads(text) if path.suffix == ".json" else tomllib.loads(text))
    except (OSError, ValueError) as error:
        raise NotSetUp(f"{path} cannot be used: {error}", field="method") from error
