"""Where the time goes, by stage."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Costs:
    """Seconds spent, by stage; for the bench and for whoever watches."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def __call__(self, stage: str) -> _Timer:
        """``with costs("render"): …``."""
        return _Timer(self, stage)


class _Timer:
    def __init__(self, costs: Costs, stage: str) -> None:
        self._costs, self._stage = costs, stage

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_error: object) -> None:
        self._costs.seconds[self._stage] += time.perf_counter() - self._began
