"""Builds the world of the journeys in a data folder: `python -m tests.journeys.browser.build FOLDER`.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from testamur.surfaces.cli import runtime


def main(folder: Path) -> None:
    """Two Swedish schools and a Vietnamese one, with seals and logs; nothing made yet."""
    runtime.start(data=folder, mode="demo")
    from testamur.kernel.base import clock
    from tests.surfaces.web import world as worlds

    now = clock.now()
    world = worlds.build(now, vietnamese=True)
    worlds.equip(world, now)
    (folder / "world.json").write_text(json.dumps(asdict(world), default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
