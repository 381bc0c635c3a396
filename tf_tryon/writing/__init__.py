"""Files on disk: what may be replaced, how it is written whole, and what is said of a failing disk. No TensorFlow."""
