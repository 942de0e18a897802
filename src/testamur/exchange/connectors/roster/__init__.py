"""Rosters between systems: what others read of ours and since when it is so, whom we tell, and whom we read from.

`tracking` keeps, for each place that a program reads, one row for each unit, session, group, person, duty, activity and
membership: ids, a digest, and when it came, changed and went. Names are looked up when they are told, as the one who
asks may see them. `subscribing` tells subscribers that something changed. `wire` and `bundle` are what reading from
other systems stands on (`rostering`). What a standard's words are is the API's business, and that of `ss12000` and
`oneroster`.
"""
