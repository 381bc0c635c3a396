"""Files on disk: what may be replaced, how it is written whole, and what a failing disk is told as. No TensorFlow."""
