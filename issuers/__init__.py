"""Performs the acts of an issuer: keys, drafts, signatures, status lists, codes. No HTTP, no SQL."""
