"""The national student registry (Ladok): signed result lists go there, courses and students come from there.

Words: a *result* of the registry is a draft (utkast), then ready (klarmarkerat), then attested (attesterat); attesting
is the examiner's own act in the registry, and no client writes it: we go as far as ready, and observe the rest in its
feed. A *stamp* is the registry's word of a result's last change. A *transfer* is the way of one signed list.
Refuses: to write over what somebody else entered, to follow an address elsewhere, to guess an id of a scale or grade.
"""
