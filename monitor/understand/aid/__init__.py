"""The steps of missile, air-defence and long-range aid to Ukraine that an article tells of."""

from monitor.understand.aid.finding import find

__all__ = ["find"]
