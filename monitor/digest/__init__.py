"""Stored findings to a digest, and a digest to mail, page, Markdown and JSON. Pure."""
