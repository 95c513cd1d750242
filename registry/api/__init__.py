"""What an authority's own system asks for: a request read, carried out by the services, and its answer."""
