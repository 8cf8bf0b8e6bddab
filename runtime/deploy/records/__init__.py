"""What is kept of the generations of a stack, and what it tells.

`manifest_file` has one for each generation; `pointers` name the one that is live, `journal` says
what is under way and `history` what was done. `compare` tells two of them apart, `owner` finds
the one that a file belongs to.
"""
