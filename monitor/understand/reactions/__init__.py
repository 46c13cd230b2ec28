"""Warnings, denials, rejections, doubts, welcomes and confirmations, tied to what they answer."""

from monitor.understand.reactions.finding import find

__all__ = ["find"]
