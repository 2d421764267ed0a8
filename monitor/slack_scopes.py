"""What the Slack app may do, and why: the scopes of docs/slack-manifest.yaml. Pure.

Every Web API method the monitor calls stands here once, so that a method nobody asked
the permission for is found by a test and not on the night.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = "/race"
"""The slash command."""
EVENTS = ("app_home_opened",)
"""Events the app subscribes to."""
FREE = (
    "api.test", "auth.test", "chat.getPermalink", "views.open", "views.publish", "views.update",
)  # fmt: skip
"""Methods that need no scope of the bot."""
WITH_APP_TOKEN = ("apps.connections.open",)
"""Methods of the app-level token, whose scope is connections:write."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope, what it is for, and the methods that need it."""

    name: str
    why: str
    methods: tuple[str, ...] = ()


_LIST = ("conversations.info", "conversations.list")
_READ = ("conversations.history", "conversations.replies")
SCOPES = (
    Scope("channels:history", "find a message again whose answer was lost", _READ),
    Scope("channels:read", "find a channel by its name, see whether it is shared", _LIST),
    Scope(
        "chat:write",
        "post, edit and schedule messages, and answer who pressed a button",
        (
            "chat.deleteScheduledMessage", "chat.postEphemeral", "chat.postMessage",
            "chat.scheduleMessage", "chat.scheduledMessages.list", "chat.update",
        ),
    ),
    Scope("commands", f"take the command {COMMAND}"),
    Scope(
        "files:write",
        "put charts and the calendar of deadlines into a thread",
        ("files.completeUploadExternal", "files.getUploadURLExternal"),
    ),
    Scope("groups:history", "channels:history, for private channels", _READ),
    Scope("groups:read", "channels:read, for private channels", _LIST),
    Scope("im:history", "channels:history, for heads-ups sent to one person", _READ),
    Scope("im:write", "open the conversation a heads-up goes to", ("conversations.open",)),
    Scope("pins:write", "pin the scoreboard", ("pins.add",)),
    Scope(
        "usergroups:read", "see who is in a group that slack.actors names",
        ("usergroups.users.list",),
    ),
    Scope("users:read", "write the name of who acted, refuse people of elsewhere", ("users.info",)),
    Scope(
        "users:read.email", "know people whom slack.actors names by e-mail",
        ("users.info", "users.lookupByEmail"),
    ),
)  # fmt: skip
"""The bot's scopes, in the order of their names."""
