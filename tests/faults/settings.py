"""The product's settings, and the app that arms the first worker."""

from __future__ import annotations

import os
from datetime import timedelta

from testamur.config.settings import *  # noqa: F403 - the product's own
from testamur.config.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.faults.arming.ArmingConfig"]

if seconds := os.environ.get("TEST_LEASE"):  # so that no test waits half a minute for the dead
    from testamur.kernel.jobs import rules as _rules

    _rules.LEASE, _rules.HEARTBEAT = timedelta(seconds=int(seconds)), timedelta(seconds=1)
