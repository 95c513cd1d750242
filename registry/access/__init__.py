"""Links to the documents of licences: declared, shown, checked; and the files that authorities upload."""
