"""Who is told what, and when: the journal is followed by cursor, and letters go into the outbox.

Words: a *stir* is something that happened and that people may have to be told of, once it is quiet around it; a *round*
is a morning's work of one country, done once; *told* is what one person was last told of one kind and school. Signers
hear of documents that wait, schools' offices of documents that are declined or wait long, guardians and adult pupils of
documents that can be fetched, authorities of seals that end. Whoever is killed on the way sends nothing twice: what was
told, the letter's row and the journal entry are one transaction.

Refuses: to name a pupil, a document's content or a reason in a letter; to treat a person with protected identity
differently from others; to write to anybody twice within ten minutes about the same kind of thing.
"""
