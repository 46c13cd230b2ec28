"""What the monitor promises, each with the trial that could break it: ``python -m proof``."""
