"""The demo's school portal: what stands around the marks, written by the product's own verbs.

Each part of the portal has a function in a module of its own (`demo_care.fill`, `demo_messages.fill` …) that is given
the schools that keep a diary and the family with children in several of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.surfaces.cli import (
    demo_care,
    demo_delivery,
    demo_entry,
    demo_forms,
    demo_keeping,
    demo_learning,
    demo_messages,
    demo_support,
    demo_timetable,
)
from testamur.surfaces.cli.demo_schools import Kept

Fill = Callable[[Actor, Sequence[Kept], UUID | None, datetime], None]
FILLS: tuple[Fill, ...] = (
    demo_timetable.fill, demo_care.fill, demo_support.fill, demo_forms.fill,
    demo_keeping.fill, demo_learning.fill, demo_messages.fill,
    demo_delivery.fill, demo_entry.fill,
)  # fmt: skip
"""In order: later ones may build on what earlier ones made."""


def build(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:
    """Everything, in order."""
    for fill in FILLS:
        fill(by, kept, family, now)
