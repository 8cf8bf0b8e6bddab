"""The fields of modules and records as data: which there are, what fits them, what they mean.

`shape` is what schemas are made of; `package`, `service` and `stack` are the tables, and `kinds`
says which of them is for a kind of module. The checker, the lowering pass (for defaults), the
manual and its reference pages read them, so that none of these can disagree.
"""
