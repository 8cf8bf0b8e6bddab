"""The intermediate representations, one file each, and what they share.

Nothing here touches the disk, the clock or the environment, and nothing here
imports another stage's folder: every stage imports `ir`, `ir` imports none.
"""
