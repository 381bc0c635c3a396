"""What a machine offers the project, what is missing, and what to do about it."""
