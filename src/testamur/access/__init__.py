"""Who is asking? Logins, sessions, roles; builds the Actor that carries permission into every verb below."""
