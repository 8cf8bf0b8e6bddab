"""From program files to any stage: `check`, `compile`, `fmt`, `opt`, and what builds and deploys.

`program` reads and checks the files, with `recipe_files` and as `settings` say; `pipeline` goes
on to later stages, which `watch` looks at. `everything` is what `check` finds, and `sarif`
a form of it; `stored` reads a stage from a file.
"""
