"""What many articles together say: statements, events, the aid ladder, answers, and what changed. Pure."""
