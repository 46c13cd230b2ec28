"""Workers on a queue in Postgres: the same jobs as in one process, on many machines. The only door to procrastinate."""
