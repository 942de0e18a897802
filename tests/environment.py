"""The environment of every test, set before Django's settings read it (a plugin that pytest loads first)."""

from __future__ import annotations

import os
import tempfile

os.environ["TESTAMUR_DATA"] = tempfile.mkdtemp(prefix="testamur-test-")  # one for each process of the tests
os.environ.setdefault("TESTAMUR_MODE", "demo")
os.environ.setdefault("TESTAMUR_STATIC_VERSIONS", "0")
os.environ.setdefault("TESTAMUR_SMS_RATE", "0")  # clocks stand still in tests: no pace to keep
