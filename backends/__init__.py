"""From a closure to what one service manager takes: one folder for each of them.

In: a `Closure`. Out: a `Bundle`, and a `Plan` of what a deploy of it would do.
Pure: no disk, no machine.
"""
