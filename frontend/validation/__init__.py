"""What evaluated modules must fulfil beyond types.

`modules` holds each module against the schema of its kind: `shapes` checks values by
their shape, `texts` those that are text, and `names` what a text must name; `use_site` reports
what does not fit where it is used. `required_options` and `version_overrides` look at what
was offered: an option that nothing fills, a version whose source stays.
"""
