"""Building blocks of the networks (docs/method.md, section 4)."""
