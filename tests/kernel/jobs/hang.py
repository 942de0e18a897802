"""A task that never ends."""

from __future__ import annotations

import time

from django_tasks import task


@task
def hang() -> None:
    while True:
        time.sleep(1)
