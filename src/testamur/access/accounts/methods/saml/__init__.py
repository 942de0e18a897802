"""SAML 2.0: log in with an identity provider that the installation trusts (redirect there, post back)."""
