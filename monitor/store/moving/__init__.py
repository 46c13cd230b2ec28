"""Everything of one database copied into another, and compared row by row."""
