"""What every figure of a bench has to state: the machine, the database, the commit; and the memory that it took."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any


def peak_rss() -> int:
    """Largest resident set of this process or a finished worker, kB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def machine() -> dict[str, Any]:
    """Database, commit, cores: what every figure has to state."""
    from django.db import connection

    commit = ""
    with suppress(OSError):
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,  # noqa: S607
            cwd=Path(__file__).parent,
        )  # fmt: skip
        commit = done.stdout.strip()
    return {
        "database": connection.vendor,
        "commit": commit,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
