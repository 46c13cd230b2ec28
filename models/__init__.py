"""Trained weights, the recipe that made them and the examples written for it."""
