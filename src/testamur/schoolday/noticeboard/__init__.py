"""What everybody is told and may ask: news, events and meetings, the state of the service, enquiries from outside.

Words: *news* are short texts in several languages for an audience; an *outage* says that a part of the service
(signing, login, mail) is down or slow, announced by a person or noticed by the program, while the rest goes on working;
an *enquiry* is what somebody without a login asks (contact, a trial for another body, accessibility, privacy); an
*event* is planned for a school or a group, an *answer* is a family's to it, and at a parents' meeting a *host* offers
*times* that guardians book.

Refuses: news without a text in any language, an enquiry without an address to answer to, more enquiries from one
network than a person writes, two bookings of one time, two times at once for one host or family, a booking after the
meeting began. An enquiry is kept for a year; a cancelled event stays, struck out.
"""
