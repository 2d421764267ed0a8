"""Files into Slack, by the three calls it asks for; scope files:write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from monitor.errors import SlackFailure

if TYPE_CHECKING:
    from monitor.slack_calls import SlackCalls


async def upload(
    calls: SlackCalls, name: str, content: bytes, *, channel_id: str = "", thread_ts: str = ""
) -> str:
    """Put a file into a thread, or nowhere yet, and return its id.

    Raises `OutcomeUnknown` when the last answer was lost: the file may stand in the thread.
    """
    wanted = {"filename": name, "length": str(len(content))}
    place = await calls.ask("files.getUploadURLExternal", wanted)
    url, file_id = str(place.get("upload_url", "")), str(place.get("file_id", ""))
    if not (url and file_id):
        raise SlackFailure("files.getUploadURLExternal: ok, but without a place", permanent=False)
    await calls.upload(url, content)
    shown = {"files": json.dumps([{"id": file_id, "title": name}])}
    if channel_id:
        shown |= {"channel_id": channel_id, "thread_ts": thread_ts}
    await calls.call("files.completeUploadExternal", shown)
    return file_id
