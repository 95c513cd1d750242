"""Dumps: all that is public of the licences of one authority and type as files, and what says that they are whole."""
