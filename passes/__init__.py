"""IR to IR: from a whole program to packages named by content and what a stack needs.

In: a `Program`. Out: `Lowered`, `DerivationGraph`, `Closure`, one pass a step; see
`pipeline.default` for the steps in their order. Nothing here touches the disk,
the clock or the environment.
"""
