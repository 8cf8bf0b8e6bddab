"""What to write instead of what is wrong.

`literals` writes a literal as another type, `checked_texts` a text so that it keeps the
rule of its name type, with `calendar_times` for those of timers; `shaped_values` finds the
value that a shape takes, `field_names` the field. `shape_words` has the words for shapes.
"""
