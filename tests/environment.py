"""The environment of every test, set before Django's settings read it (a plugin that pytest loads first)."""

from __future__ import annotations

import gc
import os
import tempfile

os.environ["TESTAMUR_DATA"] = tempfile.mkdtemp(prefix="testamur-test-")  # one for each process of the tests
os.environ.setdefault("TESTAMUR_MODE", "demo")
os.environ.setdefault("TESTAMUR_STATIC_VERSIONS", "0")
os.environ.setdefault("TESTAMUR_SMS_RATE", "0")  # clocks stand still in tests: no pace to keep

gc.disable()  # until everything is loaded: see `pytest_collection_finish`


def pytest_collection_finish() -> None:
    """What was loaded stays to the end: looking through it again and again takes a third of a second each time."""
    gc.enable()
    gc.collect()
    gc.freeze()
