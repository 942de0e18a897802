"""Questions to families with an answer that counts: yes or no, a choice, a consent signed by one guardian or by both.

Words: a *form* has *questions* and goes to the guardians (or pupils) of groups; an *answer* is one person's for one
child; a *consent* is an answer that is signed with an e-ID, and can be taken back.

Refuses: an answer after the last day, an answer for somebody else's child, a signature over another text than was
shown.
"""
