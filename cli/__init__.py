"""The command line: the only place that sees all the folders and puts them together.

`main` begins the process; `group` finds a command in `table` and imports it from one of the
folders. What all of these share lies here: arguments (`options`, `numbers`) and how to speak
(`console`). `compiling` has the way from files to any stage, and `building` that to results.
"""
