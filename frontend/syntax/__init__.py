"""Text to tree: tokens, tables, recovery, what was probably meant.

`load` reads files, `lexer` cuts them into tokens, `blocks` these into modules, so that a
mistake stays in its own. `parse` runs `lalr` over each block; `build` makes the nodes.
Where that stops, `mistakes` says why: `habits` and `marks` look at what stands before the
place, `brackets` at pairs, `strays` at odd characters, `hints` and `inside` at how to go on.
"""
