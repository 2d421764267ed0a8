"""Calls of Slack's Web API: the token, the connections, and what an answer means.

`slack_sdk`'s own retry handlers are off: its default one posts twice when the answer to an
accepted message is lost. A token that is refused is read again, and the call made again
when it has changed: whoever rotates tokens writes the file anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.slack_answers import AuthTrouble, failure_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping


class SlackCalls:
    """One workspace's Web API. `timeout_seconds`: of one whole call."""

    def __init__(
        self, token: str | Callable[[], str], api_url: str, timeout_seconds: float
    ) -> None:
        self._read_token = token if callable(token) else None
        self._token = token if isinstance(token, str) else ""
        self._api_url = api_url
        self._timeout = timeout_seconds
        self._client: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None
        self._scopes: frozenset[str] | None = None

    @property
    def scopes(self) -> frozenset[str] | None:
        """What the token may do, as Slack said with its last answer; None: it did not say."""
        return self._scopes

    async def call(
        self, method: str, arguments: Mapping[str, Any], *, as_json: bool = False
    ) -> dict[str, Any]:
        """Call a method by POST; raises `SlackFailure`, or `OutcomeUnknown` for a lost answer."""
        try:
            return await self._once(method, arguments, as_json=as_json)
        except AuthTrouble:
            # Such a call was surely not taken, so a new token may make it once more.
            if not self._is_new_token():
                raise
        return await self._once(method, arguments, as_json=as_json)

    async def ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method that changes nothing or may be called twice: a lost answer is a failure."""
        try:
            return await self.call(method, arguments)
        except OutcomeUnknown as error:
            raise SlackFailure(str(error), permanent=False) from None

    async def pages(
        self, method: str, arguments: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        """Ask for page after page."""
        cursor = ""
        while True:
            page = await self.ask(method, {**arguments, "cursor": cursor})
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's bytes where Slack wants them; the file shows only when completed."""
        self._connected()
        session = self._session
        try:
            if session is None:
                raise SlackFailure("the connections are closed", permanent=False)
            async with session.post(url, data=content) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
                    raise SlackFailure(f"file upload: HTTP {answer.status}", permanent=False)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackFailure(
                f"file upload: no answer ({type(error).__name__})", permanent=False
            ) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        self._client = self._session = None

    async def _once(
        self, method: str, arguments: Mapping[str, Any], *, as_json: bool
    ) -> dict[str, Any]:
        client = self._connected()
        body = dict(arguments)
        try:
            answer = await client.api_call(
                method,
                http_verb="POST",
                json=body if as_json else None,
                data=None if as_json else body,
            )
        except SlackApiError as error:
            raise failure_of(method, error.response) from None
        except aiohttp.InvalidURL:
            raise SlackFailure(f"{method}: no usable API address", permanent=True) from None
        except aiohttp.ClientConnectorError as error:
            raise SlackFailure(
                f"{method}: Slack cannot be reached ({type(error).__name__})", permanent=False
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown(f"{method}: no answer ({type(error).__name__})") from None
        except (AttributeError, ValueError):
            # What slack_sdk raises on a 200 whose body is text, a list or badly encoded.
            raise OutcomeUnknown(f"{method}: the answer is no JSON object") from None
        if not isinstance(answer.data, dict):
            raise OutcomeUnknown(f"{method}: the answer is no JSON object")
        given = answer.headers.get("x-oauth-scopes")
        if given is not None:
            self._scopes = frozenset(one.strip() for one in str(given).split(",") if one.strip())
        return answer.data

    def _connected(self) -> AsyncWebClient:
        """Return the client; its session is opened inside the running loop."""
        if self._client is None:
            if not self._token and self._read_token is not None:
                self._token = self._read_token()
            limit = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=limit)
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._api_url,
                session=self._session,
                retry_handlers=[],
            )
        return self._client

    def _is_new_token(self) -> bool:
        """Read the token again; say whether it is another one, which is then used."""
        if self._read_token is None:
            return False
        try:
            token = self._read_token()
        except SlackFailure:
            return False  # a file being rewritten; what Slack said is what ops hear
        if not token or token == self._token:
            return False
        self._token = token
        if self._client is not None:
            self._client.token = token
        return True
