"""Speed, as ratios against named peers in the same run. ``make bench`` runs all and writes RESULTS.md."""
