"""Text to tokens to nodes.

`load` reads files, `lexer` cuts them into tokens, `positions` and `blocks` find lines, members
and modules, so that a mistake stays in its own. `lalr` runs the `tables` that `generate` makes
of the grammar; `build` makes the nodes, of `strings` and what is `well_formed`. What is wrong
is a `mistake`.
"""
