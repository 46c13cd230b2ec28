"""Feeds and what polling them brings: polls, entries known and new, hosts, subscriptions."""
