"""The networks of both stages, their inputs, and the accounting of their parameters."""
