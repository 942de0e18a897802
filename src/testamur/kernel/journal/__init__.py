"""The append-only record of every act, and the only source of events.

Each verb of the product writes one entry in its own transaction: who, how identified, what, which, when; ids and
digests, never names. The database refuses every update and delete. Entries are shipped in order, exactly once, to a
separate log database, where each batch gets a Merkle head, so that a copy of the head proves the whole past.
"""
