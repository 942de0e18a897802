"""Which table lives in which database."""

from __future__ import annotations

from typing import Any

LOG_MODELS = frozenset({"shippedentry", "shippedhead"})


class LogRouter:
    """The shipped copy of the journal lives in the database ``log``; everything else in ``default``."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """The alias to read `model` from."""
        about = model._meta  # noqa: SLF001 - Django's documented way to a model's names
        return "log" if _is_log(about.app_label, about.model_name) else "default"

    db_for_write = db_for_read

    def allow_relation(self, *_objects: Any, **_hints: Any) -> bool:
        """Relations are checked by the database; the log tables have none."""
        return True

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Log tables are made in ``log`` only, all others in ``default`` only."""
        wanted = hints.get("database", "log" if _is_log(app_label, model_name) else "default")
        return bool(db == wanted)


def _is_log(app_label: str, model_name: str | None) -> bool:
    return app_label == "journal" and (model_name or "") in LOG_MODELS
