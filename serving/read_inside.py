"""Bytes that are no message: gRPC's own answer is INTERNAL without a reason, here it is INVALID_ARGUMENT with one."""

# grpc's handlers come without types.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError


class ReadInside(grpc.ServerInterceptor):
    """Deserialises a call's message inside the call, where a failure can be answered; streams of messages stay."""

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """The method's handler, which takes bytes."""
        handler = continuation(handler_call_details)
        if handler is None or handler.request_streaming or handler.request_deserializer is None:
            return handler
        answer = handler.unary_stream if handler.response_streaming else handler.unary_unary

        def call(encoded: bytes, context: grpc.ServicerContext) -> Any:
            try:
                request = handler.request_deserializer(encoded)
            except DecodeError:
                name = handler_call_details.method.rpartition("/")[2]
                context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT, f"{len(encoded)} bytes that are no message of the method {name}"
                )
            return answer(request, context)

        kind = (
            grpc.unary_stream_rpc_method_handler if handler.response_streaming else grpc.unary_unary_rpc_method_handler
        )
        return kind(call, None, handler.response_serializer)
