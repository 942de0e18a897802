"""The product on a real socket, inside the transaction of one test, and a browser that knows HTTP alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from urllib.parse import urljoin, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is said."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def ourselves() -> Iterator[str]:
    """The product at an address of this machine; whoever asks shares the test's connection, one after the other."""
    connection.inc_thread_sharing()
    # the test's own client ties the signals anew that would close the connection after each request
    connection.close_if_unusable_or_obsolete = lambda: None  # type: ignore[method-assign]
    application, shared = get_wsgi_application(), connections["default"]

    def app(environ: dict[str, Any], start: Any) -> Any:
        connections["default"] = shared
        return application(environ, start)

    server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Quiet)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        del connection.close_if_unusable_or_obsolete
        connection.dec_thread_sharing()


class Browser:
    """Cookies by host, redirects, and forms; no cookie goes along with a post from another site."""

    def __init__(self, cookies: dict[tuple[str, str], str]) -> None:
        """`cookies`: (host with port, name) → value, as of somebody who is logged in."""
        self._cookies = dict(cookies)
        self.visited: list[str] = []
        self.at = ""

    def go(self, address: str) -> httpx.Response:
        """Visit an address and follow where it leads, as a link does."""
        return self._follow("GET", urljoin(self.at, address), None)

    def send(self, page: httpx.Response) -> httpx.Response:
        """Send the page's only form that leads elsewhere, as its button does."""
        for form in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL):
            (action,) = re.findall(r'action="([^"]*)"', form)
            target = urljoin(self.at, unescape(action))
            if urlsplit(target).netloc != urlsplit(self.at).netloc:
                fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
                _allowed(page, target)
                return self._follow("POST", target, {name: unescape(value) for name, value in fields})
        raise AssertionError("no form leads elsewhere")

    def _follow(self, method: str, address: str, data: dict[str, str] | None) -> httpx.Response:
        for _turn in range(10):
            answer = self._once(method, address, data)
            if answer.status_code not in {301, 302, 303, 307}:
                return answer
            method, data, address = "GET", None, urljoin(address, answer.headers["Location"])
        raise AssertionError("there is no end")

    def _once(self, method: str, address: str, data: dict[str, str] | None) -> httpx.Response:
        host = urlsplit(address).netloc
        foreign = method == "POST" and urlsplit(self.at).netloc not in {"", host}
        mine = {} if foreign else {name: value for (at, name), value in self._cookies.items() if at == host}
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in mine.items())} if mine else {}
        answer = httpx.request(
            method, address, data=data, headers=head, trust_env=False, follow_redirects=False, timeout=60
        )
        self.visited.append(address)
        self.at = address
        for name, value in answer.cookies.items():
            self._cookies[host, name] = value
        return answer


def _allowed(page: httpx.Response, target: str) -> None:
    """Raise where the page's own policy forbids its form to lead there."""
    policy = page.headers.get("Content-Security-Policy", "")
    (rule,) = re.findall(r"form-action ([^;]*)", policy) or [""]
    parts = urlsplit(target)
    assert not rule or f"{parts.scheme}://{parts.netloc}" in rule.split(), f"form-action forbids {target}"
