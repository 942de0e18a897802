"""The words of messages to families, in the language that is active."""
