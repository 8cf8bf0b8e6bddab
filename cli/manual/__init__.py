"""`punix explain`: the manual, its pages and what they are made of.

`explain` finds a `page` among the `topics`; those of `directives` come from the backend.
"""
