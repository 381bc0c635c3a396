"""Completion without TensorFlow: numpy, Pillow and ai-edge-litert run what `tf-tryon export lite` wrote."""
