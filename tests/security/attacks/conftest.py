"""The world of the web's tests, and browsers that are logged in."""

from tests.surfaces.web.conftest import (
    _data,
    _nothing_remembered,
    _on_a_fixed_day,
    issued,
    log_in,
    world,
)
from tests.surfaces.web.family.conftest import reports
from tests.surfaces.web.staff.conftest import ready

__all__ = ["_data", "_nothing_remembered", "_on_a_fixed_day", "issued", "log_in", "ready", "reports", "world"]
