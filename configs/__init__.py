"""Configurations by name, one file each with a `get_config()`; installed as `tf_tryon.configs`."""
