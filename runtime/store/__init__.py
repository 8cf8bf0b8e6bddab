"""The store: entries, what refers to what, what keeps them, what goes.

`store` makes and reads entries; `output` and `references` say what a build's result is and
mentions. `index` and `relations` answer about all of them. `roots`, `pinned` and
`generations` keep entries: `keepers` has them together, `mark` what these reach, and `gc`
removes the rest by `sweep`. `verify` and `repair` find and mend damage, `exchange` carries
entries to another store.
"""
