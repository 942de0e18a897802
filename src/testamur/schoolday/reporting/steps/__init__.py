"""Background steps of the result lists: documents made, signatures taken in, subscribers found."""
