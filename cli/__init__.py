"""The command line: the only place that sees all the folders and puts them together.

`main` begins the process; `group` finds a command in `table` and imports it. A command has
its shared options from `options`, a program from `program`, a later stage from `pipeline`,
builds from `realise`, and speaks through `console`.
"""
