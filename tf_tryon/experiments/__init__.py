"""Tables of several models, trained and measured under one equal budget, and their report."""
