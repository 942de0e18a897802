"""A real SMTP server on a port of its own that keeps what it is given, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Sink:
    """`received` holds each message that was taken, `senders` the envelope's sender; the others say how to answer.

    Attributes:
        refuse: recipient → answer to RCPT TO (``550 no such user``).
        answer: answer to the message itself, in place of 250.
        hang_up: how many messages are taken and then the connection cut before the answer.
        stall: when set, messages are answered only after `go`.
    """

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    hang_up: int = 0
    stall: bool = False
    logins: list[str] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.stall:
            await asyncio.to_thread(self.go.wait, 30)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.senders.append(envelope.mail_from or "")
            self.received.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        if self.hang_up:
            self.hang_up -= 1
            assert server.transport is not None
            server.transport.close()
        return self.answer

    def login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        """Password ``open sesame`` opens."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"open sesame", handled=False)


class Running:
    """The sink's loop, in a thread of its own; port chosen by the system."""

    def __init__(self, sink: Sink, tls: ssl.SSLContext | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._options: dict[str, Any] = {"hostname": "sink.example"}
        if tls is not None:
            self._options |= {
                "tls_context": tls,
                "require_starttls": True,
                "auth_required": True,
                "authenticator": sink.login,
            }
        self._sink = sink
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        self._sink.port = self._server.sockets[0].getsockname()[1]
        return self._sink

    def __exit__(self, *_: object) -> None:
        self._sink.go.set()
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: SMTP(self._sink, **self._options), "127.0.0.1", 0)

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
