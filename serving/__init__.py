"""Exported networks behind a network interface; installed as `tf_tryon.serving`, on top of all the package."""
