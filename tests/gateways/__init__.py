"""What messages go through in tests: carriers of SMS and a push service on loopback, which may lie."""
