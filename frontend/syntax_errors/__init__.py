"""Why the parser stopped, in the user's words, and where it reads on.

`recovery` reads on, and asks `explain` with a `stop`. What stands before it may be to blame:
`keywords` and `literals` look there, `brackets` at pairs. Else it is what stands there:
`stray_characters`, or `unexpected_tokens` and, inside of `expressions`, a token that cannot
go on. What hints say in more than one place is in `phrases`.
"""
