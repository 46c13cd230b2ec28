"""Work in processes that can be killed: what hangs, crashes or eats memory costs one document, not the program."""
