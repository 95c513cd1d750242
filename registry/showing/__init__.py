"""A licence shown on its holder's phone: one-time links of the authority, and codes that are signed anew for each minute."""
