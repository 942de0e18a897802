"""A student registry on this machine: the calls that result reporting needs, over loopback mTLS, with its own PKI.

For demonstrations, tests, and customers who try their installation without a contract. It keeps what makes the real
one hard: stamps, rights of each user, modules before courses, media types, pages that repeat and lose rows when no
order is asked for, attesting that no client can do, a feed with archives, outages. Everything in it is invented.
"""
