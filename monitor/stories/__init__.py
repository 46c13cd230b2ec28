"""Near-duplicates, stories and independent origins, on-line and in bounded memory. Pure."""
