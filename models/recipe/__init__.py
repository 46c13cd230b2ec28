"""The recipe: data, network, training, calibration, export. ``python -m models.recipe`` makes the shipped weights."""
