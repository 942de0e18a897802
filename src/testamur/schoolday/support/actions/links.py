"""A group's places in other systems: links, and learning tools that are launched from here. Nothing is copied."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.support.models import Host, Link, Placement, Tool
from testamur.schoolday.support.rules import (
    LinkKind,
    NewTool,
    TextMissing,
    check_link,
    check_tool,
    host_of,
    leads_to,
)


@transaction.atomic
def set_link(*, by: Actor, group: UUID, kind: LinkKind, label: str, url: str, families: bool, now: datetime) -> UUID:
    """Link a group's place in another system; returns the link's id. Journal: ``support.link.set/1``, with its host.

    Needs ``support.link.set`` for the group. Raises NotFound, TextMissing, LinkInvalid (no https, or a host that the
    body responsible does not allow).
    """
    found = _group(by, group, "support.link.set")
    if not label.strip():
        raise TextMissing("A link has a name.", field="label")
    hosts = Host.objects.filter(path__in=_above(found.path)).values_list("host", flat=True)
    url = check_link(kind, url, set(hosts))
    row = Link(
        group=group, path=found.path, kind=kind.value, label=label.strip()[:80], url=url, families=families,
        made_by=by.id, made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"link": str(row.id), "group": str(group), "kind": kind.value, "families": families}
    append(by=by, kind="support.link.set/1", path=found.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_link(*, by: Actor, link: UUID, now: datetime) -> None:
    """Show a link no more. Journal: ``support.link.ended/1``. Needs ``support.link.set`` for its group."""
    row = Link.objects.select_for_update().filter(id=link, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such link.", field="link")
    by.must("support.link.set", row.path, group=row.group)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    refs = {"link": str(row.id), "group": str(row.group)}
    append(by=by, kind="support.link.ended/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def allow_host(*, by: Actor, path: str, host: str, now: datetime) -> None:
    """Let links of the groups below a body lead to one more host. Journal: ``support.host.allowed/1``.

    Needs ``support.tool.edit`` at the body. Raises LinkInvalid for what is no host's name.
    """
    by.must("support.tool.edit", path)
    host = host_of(host)
    Host.objects.get_or_create(path=path, host=host)
    append(by=by, kind="support.host.allowed/1", path=path, refs={"host": host}, now=now)


@transaction.atomic
def forbid_host(*, by: Actor, path: str, host: str, now: datetime) -> None:
    """Allow a host no more; links to it are shown no more. Journal: ``support.host.forbidden/1``.

    Needs ``support.tool.edit`` at the body. Raises LinkInvalid for what is no host's name.
    """
    by.must("support.tool.edit", path)
    host = host_of(host)
    Host.objects.filter(path=path, host=host).delete()
    shown = Link.objects.filter(path__startswith=path, kind=LinkKind.OTHER, ended_at__isnull=True)
    ended = [key for key, url in shown.values_list("id", "url") if leads_to(url, host)]
    for part in chunks(ended):
        Link.objects.filter(id__in=part).update(ended_at=now)
    append(by=by, kind="support.host.forbidden/1", path=path, refs={"host": host}, now=now)


@transaction.atomic
def add_tool(*, by: Actor, path: str, tool: NewTool, now: datetime) -> UUID:
    """Enter a learning tool of a body; returns its id. Journal: ``support.tool.added/1``.

    Needs ``support.tool.edit`` at the body. Raises ToolInvalid.
    """
    by.must("support.tool.edit", path)
    check_tool(tool)
    row = Tool(
        path=path, name=tool.name.strip()[:120], login_url=tool.login_url, target_url=tool.target_url,
        redirect_urls=list(tool.redirect_urls), client_id=secrets.token_hex(16), names=tool.names, made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    append(by=by, kind="support.tool.added/1", path=path, refs={"tool": str(row.id), "names": tool.names}, now=now)
    return row.id


@transaction.atomic
def end_tool(*, by: Actor, tool: UUID, now: datetime) -> None:
    """Launch a tool no more. Journal: ``support.tool.ended/1``. Needs ``support.tool.edit``. Raises NotFound."""
    row = Tool.objects.select_for_update().filter(id=tool, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such tool.", field="tool")
    by.must("support.tool.edit", row.path)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    append(by=by, kind="support.tool.ended/1", path=row.path, refs={"tool": str(row.id)}, now=now)


@transaction.atomic
def place_tool(*, by: Actor, tool: UUID, group: UUID, label: str, families: bool, now: datetime) -> UUID:
    """Put a tool on the page of a group; returns the placement's id. Journal: ``support.tool.placed/1``.

    Needs ``support.link.set`` for the group. Raises NotFound for a tool of another body, TextMissing.
    """
    found = _group(by, group, "support.link.set")
    row = Tool.objects.filter(id=tool, ended_at__isnull=True).first()
    if row is None or not found.path.startswith(row.path):
        raise NotFound("There is no such tool.", field="tool")
    made = Placement(
        tool=row, group=group, path=found.path, label=(label.strip() or row.name)[:80], families=families, made_at=now
    )
    made.save(force_insert=True)
    refs = {"placement": str(made.id), "tool": str(row.id), "group": str(group)}
    append(by=by, kind="support.tool.placed/1", path=found.path, refs=refs, now=now)
    return made.id


@transaction.atomic
def end_placement(*, by: Actor, placement: UUID, now: datetime) -> None:
    """Take a tool off the page of a group. Journal: ``support.tool.taken_off/1``. Needs ``support.link.set``."""
    row = Placement.objects.select_for_update().filter(id=placement, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such tool here.", field="placement")
    by.must("support.link.set", row.path, group=row.group)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    append(by=by, kind="support.tool.taken_off/1", path=row.path, refs={"placement": str(row.id)}, now=now)


def _group(by: Actor, group: UUID, verb: str) -> GroupView:
    found = schools.group(group)
    if found is None:
        raise NotFound("There is no such group.", field="group")
    by.must(verb, found.path, group=group)
    return found


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
