"""Sources: what they hold, and how they come here.

`source` reads local ones. `fetcher` has what all others need; `download` and `git` get them,
`cache` and `tree_cache` keep them by their hash. `unpack` makes a folder of an archive (by
`tar`, `zip` and `tree_writer`), `patches` changes it.
"""
