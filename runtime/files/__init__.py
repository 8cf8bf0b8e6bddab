"""Writing that survives a crash, locks, trees, what was seen of files.

Trees: `walk` says what is in one, `tree` what it is, `copies` copies it.
"""
