"""What the page says when something can't be done: a code, which the page has a sentence for, and the details."""

from __future__ import annotations

import re
from typing import Any

import grpc

from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.data.photo import PhotoError
from tf_tryon.serving.calls import ServingError
from tf_tryon.serving.validation import InvalidRequestError

_CODES = {
    grpc.StatusCode.UNAVAILABLE: "server-away",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "busy",
    grpc.StatusCode.DEADLINE_EXCEEDED: "timed-out",
}
_STATUS = {"server-away": 503, "busy": 503, "timed-out": 504, "model-missing": 503, "failed": 500}
# The server's process, its graph and its codes are nobody's business but the operator's.
_PARTS = re.compile(r"^(request \d+: |\S+?_bytes: |garment: )")


class RefusedError(Exception):
    """Ends a request.

    Attributes:
      status: HTTP's.
      code: kebab-case; `page/text/*.json` have a sentence for each.
      text: English, for what the sentence can't know; may be empty.
      details: numbers and names that the sentence wants.
    """

    def __init__(self, status: int, code: str, text: str = "", **details: Any) -> None:
        super().__init__(text or code)
        self.status, self.code, self.text, self.details = status, code, text, details

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return {"error": {"code": self.code, "text": self.text, **self.details}}


def refusal_of(error: Exception) -> RefusedError | None:
    """What to tell of an error of annotation or of the gRPC API; None: a defect, which nobody can mend by trying."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, ServingError):
        code = _CODES.get(error.code, "failed")
        return RefusedError(_STATUS[code], code)
    if isinstance(error, InvalidRequestError):
        return RefusedError(422, "refused", _PARTS.sub("", str(error)))
    if isinstance(error, (AnnotationError, PhotoError)):
        code = error.reason.replace(" ", "-")
        # What to install and where is the operator's to know: it is in the log, not in the page.
        text = "" if code == "model-missing" else str(error)
        return RefusedError(_STATUS.get(code, 422), code, text)
    return None
