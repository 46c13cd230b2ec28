"""The order of the stages, each from records to records; it knows no store and no clock.

Document -> FeedUpdate -> (gate) ScreenResult -> Document -> ReadResult -> Findings

Nothing is imported here: who polls needs no extractor in memory.
"""
