"""How families choose what they are told, and how the school confirms registrations."""
