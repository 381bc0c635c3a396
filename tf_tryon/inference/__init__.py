"""Completing a person with trained networks."""
