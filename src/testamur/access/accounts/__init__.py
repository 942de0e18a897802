"""Logins and sessions of people in the register, and the roles in which they act.

Words: a *login* is one stay of one person on one device, from identification to its end; its *level of assurance* says
how well the person was identified (eIDAS: low, substantial, high); *confirming* is identifying oneself again before
something weighty; a *hat* is one of the roles that a person can act in: a post at a place, guardian of children,
oneself.

Refuses: a login for nobody in the register, anything after its idle or absolute end, an act above the login's level, a
hat that the register does not give on the day. Nothing below this storey knows of logins; it gets an Actor.
"""
