"""One row of a table to one licence, with a finding for everything that is not as it should be."""
