"""People who use the dashboard: accounts, sessions, tokens, what they keep, and the audit log."""
