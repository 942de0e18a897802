"""The append-only record of every act, and the only source of events."""
