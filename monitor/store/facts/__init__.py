"""What the store has to say to one stream about one period, read in one transaction."""
