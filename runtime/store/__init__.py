"""The store: entries, what refers to what, what keeps them, what goes.

`store` makes and reads entries; `canonicalise` and `references` say what a build's result is and
mentions. `index` and `relations` answer about all of them. `pins`, `generation_roots` and
`process_roots` keep entries: `gc_roots` has them together, `mark` what these reach, and `gc`
removes the rest by `sweep`. `verify` and `repair` find and mend damage, `exchange` carries
entries to another store.
"""
