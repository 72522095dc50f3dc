"""What is sent with requests, gathered by the event loop: a thread is for what has come whole, in time and in size."""

import asyncio
import contextlib
import errno
import logging
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings

from cms.serving.faults import Refused

logger = logging.getLogger(__name__)

BODY_IN_MEMORY = 16 * 1024  # bytes of each of thousands that may be on their way; larger ones are temporary files
SLOWEST = 10_000  # bytes a second: what has come at this rate is given the time that it takes
PASSED_OVER = 5  # seconds in which a body that is refused may still be sent


def has_body(headers: Mapping[str, str]) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def whole(protocol: Any, headers: Mapping[str, str], most: int) -> IO[bytes] | None:
    """All that was sent, when it is there, in a file that stands at its end; none from whom has gone."""
    length = headers.get("content-length", "")
    with contextlib.ExitStack() as unless_whole:
        body = unless_whole.enter_context(tempfile.SpooledTemporaryFile(max_size=BODY_IN_MEMORY))
        if not await _gather(protocol, body, most) or body.tell() != int(length or body.tell()):
            return None  # granian tells of one that was broken off as of one that is whole
        unless_whole.pop_all()  # it is closed by whoever asked for it
        return body


async def pass_over(protocol: Any, headers: Mapping[str, str]) -> None:
    """Let pass for a while what is not taken: who is cut off while they still send never reads why."""
    if "expect" not in headers:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PASSED_OVER):
                async for _ in protocol:
                    pass


async def _gather(protocol: Any, body: IO[bytes], most: int) -> bool:
    """Write what is sent into a file, until it is whole; False when the sender has gone."""
    received = 0
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(settings.BODY_SECONDS) as patience:
            async for chunk in protocol:
                received += len(chunk)
                if received > most:
                    raise Refused(413, f"Send at most {most // 1_000_000} MB.")
                body.write(chunk)
                patience.reschedule(began + settings.BODY_SECONDS + received / SLOWEST)
    except Refused:
        raise
    except TimeoutError:
        raise Refused(408, "The request did not come whole in time; send it again.") from None
    except Exception as error:  # granian has one of its own for a connection that ended
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise Refused(507, "There is no room left for what you sent; tell whoever runs this site.") from None
        logger.debug("A request ended before it was whole: %s", error)
        return False
    return True
