"""Federation: an authority's own register is harvested, each licence of it proven, published here, and held to what it says."""
