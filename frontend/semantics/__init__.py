"""Tree to values: names, types, composition, evaluation, kinds.

`check` takes these steps in turn: `declare` files what a program says into `declarations`,
`classify` finds the kind of each module, `infer` the types of members (by `type_rules`),
`settle` their values (by `compose` and `evaluate`), `kinds` holds these against the schemas
(by `shapes`, `text_shape` and `naming`), `edges` finds what each module reaches, and
`assemble` makes the `Program`. The other files have the words for what is wrong.
"""
