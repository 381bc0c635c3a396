"""Trained networks for other runtimes; installed as `tf_tryon.export`, on top of everything else in the package."""
