"""SPARQL 1.1 queries over what is public of the register, in a process that can be ended."""
