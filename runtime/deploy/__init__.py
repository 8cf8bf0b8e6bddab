"""Generations on a target: staged, switched, recovered, compared.

`target` says what a stack is there, where it lies and what can be done. A new generation is
rendered and written in `staging`; `records` are what is kept of each; `paths` are the places
outside the stack's folder that have to agree with them. `transaction` does all of it to a stack
that is held, and what it does is done wholly or not at all.
"""
