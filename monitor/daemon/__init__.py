"""The always-on process: a timer that wakes, a runner that works, and what a person or a probe can see of it."""
