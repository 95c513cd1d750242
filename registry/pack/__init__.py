"""The inspector pack: its key, what is in it, and the folder that it is served from."""
