"""The nouns of licensing: pure values and the formats they are written in."""
