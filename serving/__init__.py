"""Exported networks behind a network interface; installed as `tf_tryon.serving`, on top of everything in the package."""
