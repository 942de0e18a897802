"""Using what is kept: looking a pupil up with a reason, copies and extracts by number, moving to another school.

Words: a *look-up* opens one pupil's whole history to one person for half an hour, for a stated *purpose*; a *copy* is a
print of an original with an attestation, an *extract* shows some years of one; both have a number in the book of their
office (sổ cấp bản sao); a *transfer* moves a pupil from one school to another with all that is known of the pupil and
without a day between.

Refuses: opening a history without a reason, or of a pupil who never was at the asker's place; a number twice; a
transfer with a gap, or one that two schools have not agreed to.

Sources: rows D10, D14, D16, D17; Vietnam's rules on copies from the master book (Nghị định 23/2015/NĐ-CP) [M].
"""
