from typing import Any

Interpreter: Any
