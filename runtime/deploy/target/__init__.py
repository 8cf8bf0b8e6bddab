"""A stack on a target: what can be done there, what lies where, who asks.

`transport` says what can be done, and `local` does it on this machine; `layout` has all names,
`accounts` the numbers of users and groups. `caller` asks, hears of `steps`, and is told by
`errors` what the target refused.
"""
