"""The one way to say no."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):  # noqa: N818 - a refusal is an answer to a person, not a programming error
    """A verb was refused for a reason that a person can act on.

    Subclasses stand beside the verb that raises them and set `code`. Surfaces turn the code into a field error
    (HTML), problem+json (API) or a sentence and an exit code (command line).

    Attributes:
        code: dotted, stable, e.g. ``people.identifier.invalid``.
        field: name of the argument at fault, or an empty string.
        found: plain values for the message, e.g. ``{"value": "19990230-0000"}``.
    """

    code = "refused"

    def __init__(self, message: str = "", *, field: str = "", **found: object) -> None:
        """`message` is the plain English sentence; `field` and `found` let a surface say it in any language."""
        super().__init__(message or self.code)
        self.field = field
        self.found: Mapping[str, object] = found


class NotAllowed(Refused):
    """The actor holds no grant for the verb at that place."""

    code = "not_allowed"


class NotFound(Refused):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"
