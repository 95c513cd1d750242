"""Which column is probably which: a mapping proposed from headings and content."""
