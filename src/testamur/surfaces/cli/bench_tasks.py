"""Background tasks of benches: work that on the web a person's click enqueues piece by piece."""

from __future__ import annotations

import pickle
from pathlib import Path

from django.conf import settings
from django_tasks import task

from testamur.surfaces.cli import issuing

FOLDER = "bench"


@task
def prepare(chunk: str, public_url: str) -> int:
    """Render the documents of one chunk that the bench has written down; returns how many."""
    path = Path(settings.DATA) / FOLDER / f"{Path(chunk).name}.pickle"
    by, records = pickle.loads(path.read_bytes())  # noqa: S301 - a file of ours, in our own folder
    made, _seconds = issuing.prepare_chunk((by, records, public_url, True))
    path.unlink(missing_ok=True)
    return len(made)
