"""What only looks: where things come from, and what a build printed.

`why` gives the `account` of a value, by `schemas` where nobody wrote it; `whence` leads from a
deployed file to its line, `why_rebuild` from a package to what changed; `log` shows a build's
output, which `find_build` finds.
"""
