"""``monitor subscriptions``, ``monitor digest`` and ``monitor alerts``: who is told what, and what became of it."""
