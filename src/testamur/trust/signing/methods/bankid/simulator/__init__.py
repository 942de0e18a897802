"""A BankID on this machine: the Relying Party API v6.0 over loopback HTTPS, with a PKI and telephones of its own.

For demonstrations, tests, and customers who try their installation without a contract. Everything it issues is marked
TEST and ends in a root that it made itself. It keeps BankID's limits and times, and drives every failure on demand (see
`magic`), so whatever works here can only fail at the real service for reasons outside the protocol.
"""
