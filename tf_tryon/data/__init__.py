"""Data sets of clothed people: vocabularies, records, and the batches derived from them."""
