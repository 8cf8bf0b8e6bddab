"""Static types, inferred before anything is evaluated.

`types` has the types and how they unify, `expressions` the rule of each kind of expression,
`members` infers all members with these. `mismatch` says which part does not fit,
`interpolation` warns of strings that were meant as f-strings, and `size_limits` refuses what
is too large to be written out.
"""
