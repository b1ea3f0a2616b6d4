"""A simulator that plays invented shops: 60 days of history, and then live on a clock of its own.

It imports nothing of Vefa. It speaks to Vefa as any store does, by signed events over HTTP, and as any customer does:
it receives letters by SMTP and answers on the pages that they link to. What it has planted (which orders are late,
who suffers silently) it writes to a file that Vefa is never told of.
"""
