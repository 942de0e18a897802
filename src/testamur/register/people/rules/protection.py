"""Protected identity as a type: levels, who sees through them, what everybody else is shown.

Sources: Swedish Act 1991:481 (folkbokföringslagen) sections 16-17 g (skyddad folkbokföring), OSL 2009:400 22:1
(sekretessmarkering), Act 1991:483 (fingerade personuppgifter).
"""

from __future__ import annotations

from enum import StrEnum


class Protection(StrEnum):
    """How far an identity is hidden. All levels but ``none`` are masked alike; they differ in what may be kept."""

    NONE = "none"
    CONFIDENTIALITY_MARK = "confidentiality_mark"
    """Sekretessmarkering: a warning; every release is tested."""
    PROTECTED_REGISTRATION = "protected_registration"
    """Skyddad folkbokföring: the real address is not known to the school at all; post goes by forwarding."""
    FINGERED = "fingered"
    """The *former* identity of somebody who was given another: never shown, never linked to the new one."""

    @property
    def masked(self) -> bool:
        """True when the identity is hidden."""
        return self is not Protection.NONE

    @property
    def keeps_address(self) -> bool:
        """True when a postal address other than the forwarding address may be kept."""
        return self in {Protection.NONE, Protection.CONFIDENTIALITY_MARK}


LEVELS = tuple(Protection)
"""From open to most hidden."""
