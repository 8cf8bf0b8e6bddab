"""Units on a running machine: what should happen to them, and that it does.

`manager` asks the service manager, `facts` and `process` say what runs. `plan_rollout` makes the
`rollout` of a command: by its `plan` units stop, files change, units start (`jobs`), and have to
be well (`health`, by `probes`); else all goes back. `status`, `logs` and `exposure` only look.
"""
