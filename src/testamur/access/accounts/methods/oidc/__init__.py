"""OpenID Connect: log in with an identity provider that the installation trusts (authorization code, PKCE, nonce)."""
