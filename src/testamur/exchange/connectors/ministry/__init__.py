"""Delivery of published transcripts to the ministry's store: signed, numbered batches and their receipts.

Words: a *sender* is the body whose seal stands on the records; a *batch* is what it sends at once, numbered without a
gap and naming the digest of the one before; a *form* is the folder with the mapping (target path ← snapshot path) and
the schema that batches are written after; a *receipt* is the store's signed answer to one batch, for each record.
Refuses: to send a second batch before the first has its receipt, to believe a receipt that the store has not signed or
that leaves a record out, to put a record into the form that does not fit it.

The ministry's own form is not public (annexes of letter 1396/BGDĐT-GDTH): the one in ``forms/test`` is ours, and says
so. Another one is a folder of the operator's; no code changes.
"""
