"""The telephone: an automatic voice that tells guardians what is new, and text messages that come in."""
