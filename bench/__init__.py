"""How fast issuing and verifying are, beside their limit and their peers: `make bench`."""
