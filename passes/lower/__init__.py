"""The pass `lower`, and what it reads values with.

In: a `Program`. Out: `Lowered`. To be read in this order: `lower` the whole; `package`, with
`sources`, `locations` and `seeds`; `stack`, with `files`, `config_sources`, `serialise`,
`accounts`, `hardening`, `health`, `triggers` and `user_scope`. All of them read values of a
program by `read`.
"""
