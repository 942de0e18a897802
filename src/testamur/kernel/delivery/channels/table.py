"""The channels of this installation, from `settings.DELIVERY_CHANNELS`."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.delivery.channels.contract import Channel, ChannelDown


def available(name: str) -> bool:
    """True when this installation can send over that channel."""
    return bool(settings.DELIVERY_CHANNELS.get(name))


def channel(name: str) -> Channel:
    """The channel with that name. Raises `ChannelDown` when there is none or its settings are wrong."""
    factory = settings.DELIVERY_CHANNELS.get(name)
    if not factory:
        raise ChannelDown("channel.missing")
    try:
        made: Channel = import_string(factory)()
    except (ImportError, ValueError, OSError) as error:
        raise ChannelDown("channel.misconfigured") from error
    return made
