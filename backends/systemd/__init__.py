"""systemd: service units from services, and what restarts when they change.

`emit` puts the bundle of a stack together: `order` sorts its services, `make` makes the
units of each (by `service`, `socket` and `timer`, written by `unit` and `escape`).
`transition` says what a deploy does to them, and why (`causes`).
"""
