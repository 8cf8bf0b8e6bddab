"""`punix service …`: what is deployed, what would be, and what runs.

What makes a generation live: `deploy`, `apply`, `switch` and `remove`, by what `deployment` reads
of the command line and `steps` tells of what happens. What looks at it: `plan`, `status`, `logs`,
`generations`, `diff` and `why`. All of them are about a `target`; `activate` leads to its units.
"""
