"""Open Badges 3.0: a completed course as a credential that a stranger's program verifies.

Two forms of one credential: a JWT signed with RS256 (what every verifier of Open Badges knows) and JSON with an
embedded proof ``eddsa-jcs-2022`` of the W3C. Both keys belong to the organisation and are published under the
issuer's address.
A badge stands on the published certificate of the course: when that is replaced or declared void, the badge is revoked.
"""
