# Generated classes without types, whose fields start as None.
from typing import Any

def __getattr__(name: str) -> Any: ...
