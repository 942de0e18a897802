"""Pure rules: forms and consents."""
