"""The dashboard: what the jobs wrote into the store, as pages a person can read and as JSON another program can.

The one door to FastAPI. Every page is a ``Page`` in ``pages``; its HTML and its JSON come from the same ``load``.
"""

from monitor.dashboard.app import create_app

__all__ = ["create_app"]
