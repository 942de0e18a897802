"""BankID, Relying Party API v6.0: client, animated QR code, messages to the user, the method, and a simulator."""
