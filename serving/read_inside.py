"""Bytes that are no message: gRPC's own answer is INTERNAL without a reason, here it is INVALID_ARGUMENT with one."""

# grpc's handlers come without types.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError


class ReadInside(grpc.ServerInterceptor):
    """Deserialises a call's message inside the call, where a failure can be answered; streams stay as they are.

    The handler of a stream may have attributes of gRPC's own: health's Watch gives its thread back while it waits, and
    a handler made anew here would keep one thread for each who watches.
    """

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """The method's handler, which takes bytes."""
        handler = continuation(handler_call_details)
        streams = handler is not None and (handler.request_streaming or handler.response_streaming)
        if handler is None or streams or handler.request_deserializer is None:
            return handler

        def call(encoded: bytes, context: grpc.ServicerContext) -> Any:
            try:
                request = handler.request_deserializer(encoded)
            except DecodeError:
                name = handler_call_details.method.rpartition("/")[2]
                context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT, f"{len(encoded)} bytes that are no message of the method {name}"
                )
            return handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(call, None, handler.response_serializer)
