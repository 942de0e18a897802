"""The environment, read once and typed. Every knob of an installation stands here."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Env(BaseSettings):
    """Settings of one installation; each field is an environment variable with the prefix ``TESTAMUR_``."""

    model_config = SettingsConfigDict(env_prefix="TESTAMUR_", extra="ignore")

    data: Path = Field(default=Path("var"), description="Folder of databases, archive, log and keys")
    mode: Literal["production", "demo", "practice"] = "production"
    practice_url: str = Field(default="", description="Address of the practice installation, linked from help")
    database_url: str = ""
    log_database_url: str = ""
    broker_url: str = Field(default="", description="amqp://… or redis://… for several machines; empty: no broker")
    broker_ca: Path | None = Field(default=None, description="PEM root of the broker's TLS, where it is one's own")
    secret_key: str = ""
    public_url: str = "https://testamur.example"
    hosts: str = "localhost,127.0.0.1"
    contact_name: str = Field(default="", description="Who answers: a role or an office")
    contact_email: str = ""
    contact_phone: str = ""
    contact_address: str = Field(default="", description="Postal address; lines parted by |")
    privacy_officer: str = Field(default="", description="E-mail address of the data protection officer")
    zone: str = Field(default="Europe/Stockholm", description="Time zone of the installation: whose day it is")
    trusted_proxies: str = Field(default="", description="Networks of our own proxies, whose X-Forwarded-For counts")
    saml: Path | None = Field(default=None, description="TOML or JSON file of SAML providers for login")
    oidc: Path | None = Field(default=None, description="TOML or JSON file of OpenID Connect providers for login")
    debug: bool = False
    web_room: int = Field(
        default=6, ge=0, description="Pages that a web process makes at a time; more queue. 0: no queue"
    )
    static_root: Path | None = Field(
        default=None, description="Folder of the collected static files, one a machine; otherwise static in DATA"
    )
    static_versions: bool = Field(default=True, description="Static files under names with their digest, collected")
    tsa_url: str = Field(default="", description="Time-stamping authority (RFC 3161); empty seals at level B-B")
    tsa_policy: str = Field(default="", description="Policy OID that its tokens must carry; empty takes any")
    bankid_url: str = Field(default="", description="e.g. https://appapi2.bankid.com/rp/v6.0/; empty: no BankID here")
    bankid_client_certificate: Path | None = Field(default=None, description="PKCS#12 or PEM of the relying party")
    bankid_client_key: Path | None = Field(default=None, description="PEM key, where it is not in the file above")
    bankid_password_file: Path | None = Field(default=None, description="File with the password of key or PKCS#12")
    bankid_server_root: Path | None = Field(default=None, description="PEM root of BankID's servers, the only one used")
    bankid_signature_roots: Path | None = Field(default=None, description="PEM roots that personal signatures end in")
    bankid_policies: str = Field(default="", description="Accepted certificate policies, comma separated; empty: all")
    bankid_relying_party: str = Field(default="", description="Our name in signatures, as BankID records it")
    bankid_timeout: float = Field(default=10.0, gt=0, le=25, description="Seconds; must end before a lease of 30 s")

    archive_url: str = Field(default="", description="s3://bucket/prefix of the archive; empty: a folder of data")
    s3_endpoint: str = Field(default="", description="Address of the object store; empty: that of its region")
    s3_region: str = ""

    personal_roots: Path | None = Field(default=None, description="PEM roots that signers' own certificates end in")
    csc_url: str = Field(default="", description="Signing service, e.g. https://rssp.example/csc/v2/; empty: none")
    csc_token_url: str = Field(default="", description="Its OAuth 2 token address; empty: as the service itself says")
    csc_authorize_url: str = Field(default="", description="Its page for signers; empty: beside the token address")
    csc_client_id: str = Field(default="", description="Our name at its authorisation server")
    csc_client_secret_file: Path | None = Field(default=None, description="File with our secret there")
    csc_server_root: Path | None = Field(default=None, description="PEM root of its servers; empty: the system's")
    csc_user: str = Field(default="{number}", description="How it names a signer; {number} and {scheme} are filled in")
    csc_timeout: float = Field(default=10.0, gt=0, le=25, description="Seconds for one call")

    clamd: str = Field(default="", description="Virus scanner of attachments: host:port or path of a socket; empty: no")
    sms_signing: bool = Field(
        default=False, description="Examiners may sign with a code by SMS to their work phone; always so in a demo"
    )

    ladok_url: str = Field(
        default="", description="Base of the registry's API; simulated: in a demonstration; empty: none"
    )
    ladok_client_certificate: Path | None = Field(default=None, description="PKCS#12 or PEM of our certificate")
    ladok_client_key: Path | None = Field(default=None, description="PEM key, where it is not in the file above")
    ladok_password_file: Path | None = Field(default=None, description="File with the password of key or PKCS#12")
    ladok_server_root: Path | None = Field(default=None, description="PEM root of the registry's servers, the only one")
    ladok_feed: str = Field(default="uppfoljning/feed", description="Path of the feed of events under the base")
    ladok_profile: str = Field(default="", description="Id of the authorisation profile whose users may attest")
    ladok_timeout: float = Field(default=20.0, gt=0, le=60, description="Seconds for one call")
    ladok_rate: float = Field(default=10.0, ge=0, description="Calls a second that the registry takes; 0: no bound")

    ministry_url: str = Field(
        default="", description="Base of the ministry's store; simulated: in a demonstration; empty: nothing is sent"
    )
    ministry_client_certificate: Path | None = Field(default=None, description="PKCS#12 or PEM for the connection")
    ministry_client_key: Path | None = Field(default=None, description="PEM key, where it is not in the file above")
    ministry_password_file: Path | None = Field(default=None, description="File with the password of key or PKCS#12")
    ministry_server_root: Path | None = Field(default=None, description="PEM root of the store's server, the only one")
    ministry_receipt_root: Path | None = Field(default=None, description="PEM roots that signed receipts end in")
    ministry_form: Path | None = Field(default=None, description="Folder with mapping.toml and schema; empty: TEST")
    ministry_most: int = Field(default=200, ge=1, le=1000, description="Records of one batch")
    ministry_timeout: float = Field(default=60.0, gt=0, le=120, description="Seconds for one call")

    smtp_url: str = Field(
        default="", description="smtp://user:password@host:port?tls=starttls|tls|none; empty: no mail"
    )
    mail_from: str = Field(default="Testamur <noreply@testamur.example>", description="Sender of every e-mail")
    mail_bounces: str = Field(default="", description="Mailbox for bounces, e.g. bounces@post.example; empty: none")
    sms_provider: Literal["", "46elks", "twilio", "apprise"] = Field(default="", description="Carrier of text messages")
    sms_url: str = Field(
        default="", description="Address of the carrier's service, where it is not the usual one; Apprise's with {to}"
    )
    sms_currency: str = Field(default="SEK", description="Currency of 46elks' bills")
    sms_rate: float = Field(default=20, ge=0, description="SMS per second that the carrier takes; 0: no bound")
    sms_user: str = Field(default="", description="User name of 46elks, account SID of Twilio")
    sms_password_file: Path | None = Field(default=None, description="File with the password or auth token")
    sms_from: str = Field(default="", description="Sender: a number in E.164 or a name of at most 11 letters")
    phone_token: str = Field(default="", description="Auth token that signs the carrier's calls; empty: no telephone")
    phone_numbers: str = Field(
        default="", description="Our numbers, parted by commas; +359…=bg speaks one language and does not ask"
    )
    phone_audio: Path | None = Field(default=None, description="Folder of spoken texts, <language>/<name>.wav")
    phone_sms_secret: str = Field(default="", description="Secret of the address for incoming SMS; empty: none come in")
    vapid_key: Path | None = Field(default=None, description="PEM key (P-256) of web push; empty: no pushes")
    vapid_contact: str = Field(default="", description="mailto: or https: address for push services")
    delivery_keep_days: int = Field(default=30, ge=1, description="Days after which address and text are wiped")

    @field_validator("zone")
    @classmethod
    def zone_there_is(cls, value: str) -> str:
        """Refuse a name that the system's table of zones does not have, at the start and not at the first page."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as no:
            raise ValueError(f"{value!r} is no time zone, such as Europe/Stockholm") from no
        return value

    def secret(self) -> str:
        """The secret of sessions: the variable, or a file that is made once in the data folder (mode 0600).

        All processes of an installation must share it; a cluster sets the variable.
        """
        if self.secret_key:
            return self.secret_key
        place = self.data.resolve() / "secret.key"
        if not place.exists():
            new = place.with_name(f".secret-{secrets.token_hex(8)}")
            new.touch(mode=0o600)
            new.write_text(secrets.token_hex(32))
            with suppress(FileExistsError):  # two processes start at once: the first one's file stays, whole
                os.link(new, place)
            new.unlink()
        return place.read_text()

    def database(self, name: str, url: str) -> dict[str, object]:
        """Django's dictionary for one database: `url`, or an SQLite file `name` in the data folder."""
        if url:
            return _postgres(url)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(self.data.resolve() / f"{name}.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # writers queue at BEGIN instead of failing at COMMIT
                "timeout": 60,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                    "PRAGMA mmap_size=268435456;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
                    "PRAGMA journal_size_limit=67108864;"
                    "PRAGMA recursive_triggers=ON;"  # INSERT OR REPLACE must not pass the append-only guards by
                ),
            },
        }


def _postgres(url: str) -> dict[str, object]:
    from psycopg.conninfo import conninfo_to_dict

    info = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.pop("dbname", ""),
        "USER": info.pop("user", ""),
        "PASSWORD": info.pop("password", ""),
        "HOST": info.pop("host", ""),
        "PORT": str(info.pop("port", "")),
        "OPTIONS": info,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }


@cache
def env() -> Env:
    """The one reading of the environment."""
    return Env()


def channels(known: Env) -> dict[str, str]:
    """Which way messages go: the table of channels, channel → dotted factory. A demonstration writes them to files."""
    here = "testamur.kernel.delivery.channels."
    demo = known.mode != "production"
    table: dict[str, str] = {}
    if known.smtp_url or demo:
        table["email"] = here + ("smtp.configured" if known.smtp_url else "outbox.mail")
    carriers = {"46elks": "elks46.configured", "twilio": "twilio.configured", "apprise": "apprise.configured"}
    if known.sms_provider or demo:
        table["sms"] = here + carriers.get(known.sms_provider, "outbox.sms")
    if known.vapid_key or demo:
        table["push"] = here + "push.configured"
    return table
