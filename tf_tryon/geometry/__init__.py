"""From a photo to the networks' input and back, defined once for TensorFlow and for numpy."""
