"""Tests run on the CPU, without TensorFlow's start-up messages, and leave no thread pool bigger than the machine."""

import os

# Before TensorFlow is imported by anything. Level 3 hides the failed search for a GPU as well.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
