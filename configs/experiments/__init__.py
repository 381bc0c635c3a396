"""Experiments: whole tables, the baselines, and the thesis's model without one of its parts."""
