"""From a derivation to a valid entry: request, sandbox, processes, order.

`realise` finds what is missing, `batch` builds it in the order of `scheduler`. For each,
`builder` lays out the source, makes a `request` of it, lets `run` do that in a `sandbox`
(by `process`, held to its `limits`), mends the result (`fix_up`) and registers it.
`reproducibility` does it twice.
"""
