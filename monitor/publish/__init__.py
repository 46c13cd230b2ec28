"""What was found, for other programs: feeds, calendars, tables. Pure.

``rss``, ``atom`` and ``jsonfeed`` write feeds of items, ``calendars`` the timeline, ``tables`` the rest; ``items`` and
``columns`` say how records become items and rows.
"""
