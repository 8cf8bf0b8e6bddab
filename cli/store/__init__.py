"""`punix store …`: what is in the store, how it hangs together, and what goes.

What is there: `look`, `path` and `diff`; `relations` between paths; `roots` that keep them, and
`gc` of what none keeps. `verify` and `repair` look after it, `exchange` leads from one store to
another, and `sbom` writes a `bill` of materials.
"""
