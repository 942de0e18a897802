"""The chain of a class as it is drawn: each step with its count, which one is next, and for whom it waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from testamur.schoolday.transcripts.rules import STEPS, Look, Standing, Step
from testamur.surfaces.web.transcripts import words


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain. `state`: ``done``, ``current``, ``open``."""

    step: Step
    name: str
    count: int
    total: int
    state: str

    @property
    def share(self) -> int:
        """Percent of the pupils that have reached it."""
        return 100 * self.count // self.total if self.total else 0


def links(found: Standing) -> list[Link]:
    """The whole chain of a class year."""
    following = found.next
    return [
        Link(
            step,
            words.step(step),
            found.reached.get(step, 0),
            found.pupils,
            "current" if step is following else "done" if found.reached.get(step, 0) >= found.pupils else "open",
        )
        for step in STEPS
    ]


def waiting_for(look: Look) -> Mapping[UUID, int]:
    """Whose signatures the class waits for, with how many documents."""
    people = (one.document.waits_for for one in look.pupils if one.document is not None)
    return dict(Counter(person for person in people if person is not None))
