"""The intermediate representations, one file each, and what they share.

The stages are `ast`, `program`, `package` with `stack`, `derivation`, `closure`, `bundle`, `plan`
and `manifest`; their nodes hold `names`, `text`, `value`s and `span`s. `schema` says what a
program may write, `rules` what is legal in a stage, and `codec` writes any of them down.

Nothing here touches the disk, the clock or the environment, and nothing here
imports another stage's folder: every stage imports `ir`, `ir` imports none.
"""
