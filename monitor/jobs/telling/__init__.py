"""Telling as units of work: compose digests that are due, hand messages over, raise alerts, watch over both."""
