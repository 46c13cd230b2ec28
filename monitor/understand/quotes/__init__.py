"""Who said what: direct quotations and reported speech, with speaker, cue, channel and subject. Pure."""

from monitor.understand.quotes.find import Attributed, attributed, find

__all__ = ["Attributed", "attributed", "find"]
