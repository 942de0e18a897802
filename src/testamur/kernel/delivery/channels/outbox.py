"""Demonstration: messages become files in ``<data>/outbox`` instead of leaving the house, and can be read there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.durable import write_durable
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.channels.contract import Outgoing, Report, ReportRefused
from testamur.kernel.delivery.channels.smtp import compose
from testamur.kernel.delivery.rules import Taken


class DemoOnly(Refused):
    """Messages in files reach nobody; an installation in use must not have this channel."""

    code = "delivery.outbox.demo_only"


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A message as the inbox page of the demonstration shows it."""

    id: UUID
    channel: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


class _Files:
    parallel = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:  # noqa: ARG002 - the contract's shape
        """Nobody carries these messages."""
        raise ReportRefused("The demonstration has no carrier.")

    def close(self) -> None:
        """Nothing is open."""


class MailFiles(_Files):
    """One ``.eml`` per message, named by its id: writing it again changes nothing."""

    def send(self, message: Outgoing) -> Taken:
        """Write the file."""
        mail = compose(message, sender=settings.SMTP["from"])
        write_durable(self._folder / f"{message.id}.eml", mail.message().as_bytes(), mode=0o600)
        return Taken()


class SmsFile(_Files):
    """One line of JSON per text message, appended; a repeat has the same id."""

    def send(self, message: Outgoing) -> Taken:
        """Append the line."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = {"id": str(message.id), "at": stamp(message.posted_at), "to": message.to, "text": message.text}
        fd = os.open(self._folder / "sms.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(fd, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        finally:
            os.close(fd)
        return Taken(f"simulated-{message.id}")


def inbox(*, limit: int = 100) -> list[DemoMessage]:
    """The newest messages in the files, newest first. Raises `DemoOnly`."""
    folder = _folder()
    newest = sorted((folder / "mail").glob("*.eml"), reverse=True)[:limit]  # ids are in order of time
    found = [_mail(path) for path in newest]
    if (folder / "sms.jsonl").exists():
        lines = (folder / "sms.jsonl").read_text("utf-8").splitlines()[-limit:]
        texts = {line["id"]: line for line in map(json.loads, lines)}
        found += [
            DemoMessage(UUID(t["id"]), "sms", parse_stamp(t["at"]), t["to"], "", t["text"], "") for t in texts.values()
        ]
    return sorted(found, key=lambda message: (message.at, message.id), reverse=True)[:limit]


def _mail(path: Path) -> DemoMessage:
    mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    bodies = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    text, html = (body.get_content() if body is not None else "" for body in bodies.values())
    at = mail["Date"].datetime
    return DemoMessage(UUID(path.stem), "email", at, str(mail["To"]), str(mail["Subject"]), text, html)


def _folder() -> Path:
    if settings.MODE != "demo":
        raise DemoOnly("Messages in files are for demonstrations only.")
    return Path(settings.DATA) / "outbox"


def mail() -> MailFiles:
    """The channel ``email`` of a demonstration without a mail server."""
    return MailFiles(_folder() / "mail")


def sms() -> SmsFile:
    """The channel ``sms`` of a demonstration."""
    return SmsFile(_folder())
