"""Units of work: claim rows, run a stage outside any transaction, write what came of it. Twice is a no-op."""
