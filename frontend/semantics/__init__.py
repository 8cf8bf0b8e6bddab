"""Tree to values: names, types, composition, evaluation, kinds."""
