"""Measures of completed people."""
