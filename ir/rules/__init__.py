"""What is legal in each stage; the table of all is in ir/verify.py.

`rule` is what rules are made of. `program` has those of what has no names yet, `graph` those of
what has, `deploy` those of what lies on a machine; `stack` is a part of the first two.
"""
