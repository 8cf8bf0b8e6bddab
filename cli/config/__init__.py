"""Settings from files, and the command that shows where each comes from.

`files` reads them, `defaults` makes them the defaults of a command's options, and `command` is
`punix config`.
"""
