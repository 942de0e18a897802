"""The web: server-rendered pages for staff, office, families and the public.

Every page works without JavaScript; HTMX swaps the same fragments that a reload would show. A view parses the request
into keyword arguments, calls queries and verbs of the storeys below, and shows; it never touches a model. `doors`
decides who comes in, `refusals` says a refusal in the visitor's language and in its field.
"""
