"""The environment, read once and typed. Every knob of an installation stands here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Env(BaseSettings):
    """Settings of one installation; each field is an environment variable with the prefix ``TESTAMUR_``."""

    model_config = SettingsConfigDict(env_prefix="TESTAMUR_", extra="ignore")

    data: Path = Field(default=Path("var"), description="Folder of databases, archive, log and keys")
    mode: Literal["production", "demo"] = "production"
    database_url: str = ""
    log_database_url: str = ""
    secret_key: str = ""
    public_url: str = "https://testamur.example"
    hosts: str = "localhost,127.0.0.1"
    debug: bool = False

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
