"""The search language as conditions on rows."""
