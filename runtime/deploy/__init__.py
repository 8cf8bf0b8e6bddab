"""Generations on a target: staged, switched, recovered, compared.

`layout` says what lies where, `transport` what can be done there. `session` holds a stack and
lets `recover` mend first. A new generation is rendered (`render`, `secrets`), held against
the machine (`paths_check`), staged (`stage`) and described (`describe`); `flip` makes it
live, with the `journal` written before and `reconcile` after it. `verify` compares by `drift`
and mends by `mend`.
"""
