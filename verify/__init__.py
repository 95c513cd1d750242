"""Asks the questions: is it genuine, is it in force, as of when, and what was not checked."""
