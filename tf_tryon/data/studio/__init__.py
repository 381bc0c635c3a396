"""A renderer of clothed 3D people: numpy and numba, no TensorFlow."""
