"""Intake: from a file as an agency sends it to published licences, with findings for what could not be."""
