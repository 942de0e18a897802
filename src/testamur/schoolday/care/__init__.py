"""Pick-up and drop-off: when a child is to be in preschool or after-school care, who fetches it, and who is there now.

Words: a *care week* says from when to when a child is to come on each day; a *deadline* locks it; a *collector* may
fetch a child for a time; *presence* is an arrival or a departure that staff noted; a *closing day* has no care.

Refuses: hours outside the opening hours, a change after the deadline by a guardian, a departure with somebody who may
not fetch the child, two arrivals without a departure between them.
"""
