"""A shop's products: flat or hung garments, cut from their photos, and what they are."""
