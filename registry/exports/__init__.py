"""What was found in a list, as files for those who repair it."""
