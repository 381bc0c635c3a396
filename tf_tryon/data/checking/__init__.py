"""Checking a data set: every record read, counted, and compared with what a record must be."""
