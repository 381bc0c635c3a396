"""Reading files that somebody else wrote: each is refused in one sentence that names it, or is what it should be."""
