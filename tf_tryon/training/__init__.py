"""Training: objectives, the compiled step, checkpoints, and the loop that composes them."""
