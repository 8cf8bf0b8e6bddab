"""From text to a `Program`: `parse` makes an `Ast` of files, `check` a `Program` of that.

`parse` uses `syntax`, and `syntax_errors` to say why a block cannot be read. `check` goes
through the folders in turn: `symbols`, `typecheck`, `evaluation`, `validation`, `program`;
`suggestions` are the hints that several of them give. `fmt` lays files out anew.
"""
