"""Program files laid out anew.

`fmt` reads a file as a `stream` of the tokens that stay, with what they are for (`roles`) and
what stands between them (`gaps`); `printer` decides where lines break.
"""
