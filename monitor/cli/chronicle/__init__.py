"""What many articles together say: stories, statements, timeline, ladder, answers and changes, as commands."""
