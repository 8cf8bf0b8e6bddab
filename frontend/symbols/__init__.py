"""Names: what a program declares, and what a reference resolves to.

`references` finds the members that an expression refers to; `declare` and `contributions` file
what a program says into `declarations`, and `module_kinds` tells packages from stacks.
`unresolved` has hints for references to nothing, `cycles` the error for members that refer to
each other.
"""
