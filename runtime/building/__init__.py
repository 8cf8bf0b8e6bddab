"""From a derivation to a valid entry: request, sandbox, processes, order."""
