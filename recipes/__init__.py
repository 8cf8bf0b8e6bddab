"""Ways to build a package: `std.*`, one file each.

In: checked arguments and the names that they may mention. Out: a bash script and
its environment, symbolic; no recipe has an effect. `registry` holds them by name.
"""
