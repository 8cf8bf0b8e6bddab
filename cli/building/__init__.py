"""`punix build`, and building for other commands.

`build` is the command; `realise` builds what any command needs, within `limits`, and refuses
or tells of sources that are not `pinned`.
"""
