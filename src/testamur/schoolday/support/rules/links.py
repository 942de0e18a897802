"""Pure rules of places in other systems: links of groups, learning tools."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from testamur.kernel.base.refused import Refused

LONGEST_HOST = 200
_NO_HOST = "A host's name is needed, like video.example.org."


class LinkInvalid(Refused):
    """The address is none that families and pupils are sent to from here."""

    code = "support.link.invalid"


class ToolInvalid(Refused):
    """What is entered of a learning tool does not fit together."""

    code = "support.tool.invalid"


class LinkKind(StrEnum):
    """The system that a link leads to: we live beside it and copy nothing out of it."""

    CLASSROOM = "classroom"
    TEAMS = "teams"
    OTHER = "other"


HOSTS: dict[LinkKind, frozenset[str]] = {
    LinkKind.CLASSROOM: frozenset({"classroom.google.com"}),
    LinkKind.TEAMS: frozenset({"teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft"}),
}
"""Where links of a kind lead. Others lead to the hosts that the body responsible allows."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link of a group to its place in another system. `families`: guardians see it too."""

    id: UUID
    group: UUID
    kind: LinkKind
    label: str
    url: str
    families: bool


def host_of(text: str) -> str:
    """A host's name as names are compared: IDNA (RFC 3490), lower case, no dot at the end. Raises `LinkInvalid`."""
    try:
        host = text.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise LinkInvalid(_NO_HOST, field="host") from error
    if "." not in host or len(host) > LONGEST_HOST or not all(c.isalnum() or c in "-." for c in host):
        raise LinkInvalid(_NO_HOST, field="host")
    return host


def leads_to(url: str, host: str) -> bool:
    """Whether an address leads to that host itself: not to another whose name begins or ends alike."""
    try:
        return host_of(urlsplit(url).hostname or "") == host
    except (ValueError, LinkInvalid):
        return False


def check_link(kind: LinkKind, url: str, allowed: Collection[str]) -> str:
    """The address, with its host as `host_of` writes it.

    Raises `LinkInvalid` for one without https, with a login in it, or of another host.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise LinkInvalid("That is no address.", field="url") from error
    plain = not any(c.isspace() or not c.isprintable() or c in '<>"\\' for c in url)
    plain = plain and (parts.path + parts.query + parts.fragment).isascii()
    if parts.scheme != "https" or not plain or "@" in parts.netloc or port not in {None, 443}:
        raise LinkInvalid("An address that begins with https:// is needed.", field="url")
    hosts = HOSTS.get(kind, frozenset(allowed))
    found = next((one for one in hosts if leads_to(url, one)), None)
    if found is None:
        raise LinkInvalid("That host is not one of those that are allowed.", field="url", host=parts.hostname or "")
    return parts._replace(netloc=found).geturl()


@dataclass(frozen=True, slots=True)
class ToolView:
    """A learning tool of a body that is launched from here (LTI 1.3). `names`: it may be told pupils' names."""

    id: UUID
    path: str
    name: str
    login_url: str
    target_url: str
    redirect_urls: tuple[str, ...]
    client_id: str
    names: bool


@dataclass(frozen=True, slots=True)
class NewTool:
    """A learning tool as it is entered."""

    name: str
    login_url: str
    target_url: str
    redirect_urls: tuple[str, ...]
    names: bool = False


def check_tool(new: NewTool) -> None:
    """Raise `ToolInvalid` unless all its addresses are safe ones and it has somewhere to come back to."""
    if not new.name.strip():
        raise ToolInvalid("A name is needed.", field="name")
    for field, url in (
        ("login_url", new.login_url), ("target_url", new.target_url),
        *(("redirect_urls", one) for one in new.redirect_urls or ("",)),
    ):  # fmt: skip
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise ToolInvalid("That is no address.", field=field) from error
        local = parts.hostname in {"localhost", "127.0.0.1"}
        if not parts.hostname or parts.scheme not in ({"http", "https"} if local else {"https"}) or "#" in url:
            raise ToolInvalid("An address that begins with https:// is needed.", field=field)
        if any(c.isspace() or c in "<>\"';," for c in url):
            raise ToolInvalid("That is no address.", field=field)
