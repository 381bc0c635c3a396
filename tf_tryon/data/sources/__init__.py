"""Loaders of the field's public data sets: where their examples lie, and how they become records."""
