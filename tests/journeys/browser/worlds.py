"""Worlds of the journeys: each is built once, by a process of its own as commands are, and read as plain values."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.browser.acts import World
from tests.journeys.browser.server import environment

ROOT = Path(__file__).resolve().parents[3]


def shared(factory: pytest.TempPathFactory, module: str, data: str) -> Path:
    """The world of a module, built once for all processes of this run; whoever needs it copies what it changes."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"world-{module}"
    with folder.with_name(f"{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(folder, module, data)
            (folder / "whole").touch()
    return folder


def build(folder: Path, module: str, data: str, *more: str) -> Path:
    """Let a module of this package build its world in `folder`; `data` is its data folder there. Returns `folder`."""
    subprocess.run(
        [sys.executable, "-m", f"tests.journeys.browser.{module}", str(folder), *more],
        cwd=ROOT,
        env=environment(folder / data, 8000, {}),
        check=True,
        timeout=1800,
    )
    return folder


def who(folder: Path) -> World:
    """Who is who in a world that was built there."""
    told: World = json.loads((folder / "world.json").read_text())
    return told
