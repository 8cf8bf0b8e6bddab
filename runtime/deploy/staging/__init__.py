"""From a bundle to the tree of a new generation, beside what runs.

`secrets` are read, files rendered (`render`), the accounts that they need made (`make_accounts`)
and all of it written (`stage`), with what it was rendered from (`bundle_file`).
`make_manifest` describes it.
"""
