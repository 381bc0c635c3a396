"""A model of one's own from photos of one's own: every step from annotating to a page that compares it with its base.

`run.py` is the order of the steps, `folder.py` the folder that keeps each one's result, so that the same call goes on
where it was stopped.
"""
