"""Losses: each is a function of a batch of pictures or distributions and returns one float32 value per example.

None of them averages over the batch: the training step does, because only it knows the global batch size.
"""
