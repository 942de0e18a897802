"""Pages of forms and consents."""
