"""A shop's own garments and its own model: catalogues of products, and what goes with what a person wears."""
