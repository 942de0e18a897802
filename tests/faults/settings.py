"""The product's settings, and the app that arms the first worker."""

from __future__ import annotations

from testamur.config.settings import *  # noqa: F403 - the product's own
from testamur.config.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.faults.arming.ArmingConfig"]
