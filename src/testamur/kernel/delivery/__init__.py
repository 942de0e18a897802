"""The transactional outbox: messages are rows written with the data they are about, and sent by steps that may die.

Words: a *message* is one text to one address over one *channel* (`settings.DELIVERY_CHANNELS`: SMS, push, e-mail); a
*lease* lets one worker send it and lets another take over when that one is gone; a *report* is the carrier's later word
on what became of it; a *device* is a browser that gets pushes; an address is *dead* when a carrier said that it reaches
nobody. Each message is accepted by its channel once; after a crash between the channel's yes and our note it is offered
again under the same Message-ID, so that the repeat can be known. Refuses: to send after `expires` (a login code is
never late), to keep address and text longer than needed (`steps.tidy`), to keep what a mail server said in words.

Acts of people are journalled by whoever posts: `journal` stands beside this package, not below it.
"""
