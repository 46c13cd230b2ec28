"""The only SQL of the program: takes and gives records, one public method is one transaction."""

from monitor.store.store import Store

__all__ = ["Store"]
