"""What is done to a stack while it is held, wholly or not at all.

`locking` holds it and lets `recover` mend first. `flip` makes another generation live, `adopt`
takes over what others have at its paths, `retention` removes old generations; `verify` compares
with the machine and mends by `repair`. `listing` only looks.
"""
