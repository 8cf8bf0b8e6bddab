"""The `Program` of what was evaluated, and where its values come from.

`dependencies` finds the packages that each module reaches, `error_free` the modules that no
error touches, `assemble` makes the `Program`; `provenance` goes back from a value to the
references in it.
"""
