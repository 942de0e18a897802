"""Why the API says no, before each standard says it in its own words."""

from __future__ import annotations

from testamur.kernel.base.refused import Refused


class Unauthorised(Refused):
    """No token, or one that is not good."""

    code = "api.unauthorised"


class ScopeMissing(Refused):
    """The token has not the scope that this needs."""

    code = "api.scope_missing"


class QueryInvalid(Refused):
    """Something that was asked for is not understood; `found` has the name of the parameter."""

    code = "api.query_invalid"


class NotGiven(Refused):
    """The standard has it; this installation has nothing that could be told there."""

    code = "api.not_given"
