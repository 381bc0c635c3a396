"""The command line `tf-tryon`: one module for each verb; `main.py` states what such a module has."""
