"""Whether a PDF only shows something: looked at in a process of its own, since a PDF can be made to break what reads it."""
