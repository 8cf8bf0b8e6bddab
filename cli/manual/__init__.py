"""`punix explain`: the manual, its pages and what they are made of."""
