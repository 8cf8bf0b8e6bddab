"""What hints say in more than one place.

In: nothing. Out: phrases.
"""

__all__ = [
    "ADD_BRACE",
    "CALCULATES",
    "COMMENT",
    "COMPARES",
    "CONDITION",
    "FIELDS",
    "FIRST",
    "FUNCTIONS",
    "GUARD",
    "INDICES",
    "ITEMS",
    "LETTERS",
    "LINES",
    "LISTS",
    "LOOP",
    "NIX",
    "NOTHING",
    "PROGRAM",
    "QUOTES",
    "RECORDS",
    "SCENARIO",
]

NIX = {
    "with": "write each name in full",
    "let": "members of a module may use one another in any order",
    "inherit": "write name = Module.name",
    "rec": "members of a module may use one another, fields of a record may not",
    "import": "all files given to a command form one program",
    "assert": "the type of an option says what it may be",
}
"""Words of Nix that no member begins with here, and what to do instead."""

ADD_BRACE = "add '{'"
CONDITION = "write if … then … else …"
QUOTES = "strings stand in double quotes"
COMMENT = "a comment begins with '#'"
FUNCTIONS = "PCL has no functions"
INDICES = "PCL has no indices: 'for' goes over a list"
LETTERS = "names have only ASCII letters, digits, '_' and '-'"
FIRST = "a name begins with a letter or '_'"
NOTHING = "PCL has no null: leave out what has no value"
PROGRAM = "a program is a series of module NAME { … }"
SCENARIO = "a scenario sets Module.member"
LINES = 'text of several lines stands in """ … """'
LISTS = "lists do not join: write one"
RECORDS = "records do not merge: write one"
ITEMS = "a list stands in [ ]"
FIELDS = "a record stands in { }"
GUARD = "a guard is x.name = …"
LOOP = "write for x in … yield …"
COMPARES = "PCL does not compare; a condition is a Bool"
CALCULATES = "PCL does not calculate"
