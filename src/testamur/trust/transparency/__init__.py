"""The public transparency log of an organisation: entries, checkpoints, witnesses, static tiles.

Refuses: to take an entry out, to sign two heads that contradict each other, to go on after a restore that lost
entries, to publish a head that too few witnesses have cosigned. Holds digests only; everything here is public
except the keys.

Words: an *entry* is 37 bytes; a *checkpoint* is a signed head (size and root); a *tile* is a static file of
hashes; a *witness* is another party that cosigns a head after checking that the log only grew.
"""
