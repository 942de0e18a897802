"""Persons: who they are, how they are reached, who cares for them, and whose identity is protected.

Words: a *person* is a pupil, guardian or member of staff; an *identifier* is a number given by a state or a source
system; a *pupil code* is the random code on a label; *protection* is the level at which an identity is hidden;
*contact points* are e-mail addresses, telephone numbers and postal addresses.

Refuses: to show a protected person to anyone without ``people.protected.see`` where the person is kept, in any list,
search or count (masking is done in `queries`, once, for every surface); to hand out legal names without
``people.legal_name.read`` and a journal entry; to keep the postal address of a person whose registration is protected.
"""
