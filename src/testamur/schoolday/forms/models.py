"""Tables: forms and consents."""
