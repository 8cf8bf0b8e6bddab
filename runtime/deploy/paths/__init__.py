"""The paths of a stack outside its folder, and what lies there.

`places` says where they really lie and what is ours; `check` asks whether we may have them,
`reconcile` makes links and copies agree with what is live, `enabling` those that start units at
boot, and `drift` finds what does not. Things of others are kept in `backups`.
"""
