"""Live news monitor for the Trump-Putin-Zelensky talks and missile aid to Ukraine."""

__version__ = "0.1.0"
