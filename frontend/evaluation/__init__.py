"""Values: each member of a program evaluated once, those that it needs first.

`expressions` evaluates one expression, `composition` says which of several offers holds,
`refinements` what `Path`, `Secret` and enums ask of a value; `members` does so for all members.
`poison` stands for a value that an error leaves, `json_text` orders the results of a loop.
"""
