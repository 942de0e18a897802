"""A Django app that makes the first worker process die at a point; it is in the settings of these tests alone."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

from django.apps import AppConfig


class ArmingConfig(AppConfig):
    name = "tests.faults.arming"
    label = "arming"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        if size := os.environ.get("TEST_BATCH"):
            _batches(int(size))
        point, marker = os.environ.get("TEST_DIE"), os.environ.get("TEST_DIE_ONCE")
        if not point or not marker or multiprocessing.parent_process() is None:
            return
        from tests.faults import points

        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        points.arm_death(point)


def _batches(size: int) -> None:
    """Small batches, so that there is a middle in which something can die."""
    from typing import Any

    from testamur.trust.records import steps

    kept: Any = steps
    kept.BATCH = size
    plain = kept.issue_next
    plain.__kwdefaults__["limit"] = size

    def slowly(**how: Any) -> int | None:
        """With a pause before each, so that whoever watches is not behind when all is done."""
        time.sleep(0.2)
        return plain(**how)  # type: ignore[no-any-return]

    kept.issue_next = slowly
