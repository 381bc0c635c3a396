# scipy comes without types. What strictly checked files use of it is told beside this; the rest is anything.
from typing import Any

def __getattr__(name: str) -> Any: ...
