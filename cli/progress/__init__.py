"""How builds and deploys are shown while they run: on stderr, as a live tree or as plain lines.

`choose` says which. Of builds `board` keeps count, which `live` draws and `plain` writes; of
units in a deploy `units` does both, and `live_units` draws. `screen` is where both are drawn.
"""
