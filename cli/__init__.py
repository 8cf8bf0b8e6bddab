"""The command line: the only place that sees all the folders and puts them together."""
