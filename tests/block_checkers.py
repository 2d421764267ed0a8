"""Two independent checkers of Block Kit, by other authors than ours.

One is a JSON Schema made from Slack's own `@slack/types` 3.2.0: it knows types, keys and
what is required, and no lengths. The other is `slackblocks` 3: it knows every length, and
passes over keys too many and a missing alt text. A block must pass both; the types that one
of them does not know stand in `NOT_IN_SCHEMA`, and pass the other.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from slackblocks import Message
from slackblocks import blocks as slack_blocks
from slackblocks import elements as slack_elements
from slackblocks import objects as slack_objects
from slackblocks.views import HomeTabView, ModalView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NOT_IN_SCHEMA = frozenset({"data_visualization"})
"""Types that `@slack/types` 3.2.0 does not know; `slackblocks` does."""
MOST_CHARACTERS = 12_000
SECONDS = 120

Block = dict[str, Any]


def check_message(text: str, blocks: Sequence[Block]) -> None:
    """Fail the test when Slack would refuse a message, by every checker that is here."""
    assert 0 < len(text) <= 4_000
    made = [built(block) for block in blocks]
    whole = Message(channel="C0", text=text, blocks=made).to_dict()
    assert_same(whole.get("blocks", []), list(blocks))
    assert sum(map(_characters, blocks)) <= MOST_CHARACTERS
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(set(ids)) == len(ids)
    if has_schema():
        check_schema(blocks)


def check_view(view: dict[str, Any]) -> None:
    """Fail the test when Slack would refuse a modal or a home tab."""
    made = [built(block) for block in view["blocks"]]
    rest = {name: value for name, value in view.items() if name not in ("type", "blocks")}
    if view["type"] == "home":
        HomeTabView(blocks=made, **rest)
    else:
        texts: dict[str, Any] = {
            name: slack_objects.Text.from_dict(rest.pop(name))
            for name in ("title", "submit", "close")
            if name in rest
        }
        ModalView(blocks=made, **texts, **rest)
    assert len(json.dumps(view)) <= 250_000
    if has_schema():
        name = "HomeView" if view["type"] == "home" else "ModalView"
        _validate(name, {**view, "blocks": []})
        check_schema(view["blocks"])


def _characters(found: object) -> int:
    if isinstance(found, list):
        return sum(map(_characters, found))
    if not isinstance(found, dict):
        return 0
    own = found.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(map(_characters, found.values()))


# -- slackblocks -------------------------------------------------------------------------


def built(block: Block) -> Any:
    """Build a block by `slackblocks`' own classes, which check every length."""
    build: Callable[[Block], Any] = _BUILT.get(block["type"], slack_blocks.Block.from_dict)
    return build(block)


def _section(block: Block) -> Any:
    if "accessory" not in block:
        return slack_blocks.SectionBlock.from_dict(block)
    rest = {name: value for name, value in block.items() if name not in ("type", "accessory")}
    rest["text"] = slack_objects.Text.from_dict(rest["text"])
    return slack_blocks.SectionBlock(accessory=_element(block["accessory"]), **rest)


def _actions(block: Block) -> Any:
    elements = [_element(one) for one in block["elements"]]
    return slack_blocks.ActionsBlock(elements=elements, block_id=block.get("block_id"))


def _input(block: Block) -> Any:
    rest = {name: value for name, value in block.items() if name not in ("type", "element")}
    for name in ("label", "hint"):
        if name in rest:
            rest[name] = slack_objects.Text.from_dict(rest[name])
    return slack_blocks.InputBlock(element=_element(block["element"]), **rest)


def _element(element: dict[str, Any]) -> Any:
    """Build an element; its texts and options are built first."""
    rest = {name: value for name, value in element.items() if name != "type"}
    for name in ("text", "placeholder"):
        if name in rest:
            rest[name] = slack_objects.Text.from_dict(rest[name])
    if "options" in rest:
        rest["options"] = [slack_objects.Option.from_dict(one) for one in rest["options"]]
    if "initial_option" in rest:
        rest["initial_option"] = slack_objects.Option.from_dict(rest["initial_option"])
    return _ELEMENTS[element["type"]](**rest)


def _chart(block: Block) -> Any:
    chart = block["chart"]
    assert chart["type"] == "line"
    assert set(block) <= {"type", "title", "chart", "block_id"}
    series = [
        slack_objects.DataSeries(
            one["name"], [slack_objects.DataPoint(**point) for point in one["data"]]
        )
        for one in chart["series"]
    ]
    line = slack_objects.LineChart(series, slack_objects.AxisConfig(**chart["axis_config"]))
    return slack_blocks.DataVisualizationBlock(block["title"], line, block.get("block_id"))


_BUILT: dict[str, Callable[[Block], Any]] = {
    "section": _section,
    "actions": _actions,
    "input": _input,
    "data_visualization": _chart,
}
_ELEMENTS: dict[str, Any] = {
    "button": slack_elements.Button,
    "plain_text_input": slack_elements.PlainTextInput,
    "static_select": slack_elements.StaticSelectMenu,
    "radio_buttons": slack_elements.RadioButtonGroup,
    "checkboxes": slack_elements.CheckboxGroup,
    "url_text_input": slack_elements.URLInput,
    "number_input": slack_elements.NumberInput,
    "overflow": slack_elements.OverflowMenu,
}


def assert_same(theirs: object, ours: object) -> None:
    """Compare what was read with what was given, defaults that `slackblocks` adds aside."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        assert set(ours) <= set(theirs)
        for name, value in ours.items():
            assert_same(theirs[name], value)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for one, other in zip(theirs, ours, strict=True):
            assert_same(one, other)
    else:
        assert theirs == ours


# -- the schema --------------------------------------------------------------------------


def has_schema() -> bool:
    """Say whether the schema is at hand."""
    return _schema() is not None


def needs_schema() -> None:
    """Skip where the schema cannot be made, fail where CI runs."""
    if has_schema():
        return
    reason = (
        "no schema of @slack/types: name it in SLACK_TYPES_SCHEMA, or run "
        "npm install @slack/types@3.2.0 ts-json-schema-generator@2.4.0"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def check_schema(blocks: Iterable[Block]) -> None:
    """Validate blocks against Slack's own types, each against the one it says it is."""
    for block in blocks:
        if block["type"] not in NOT_IN_SCHEMA:
            _validate(_by_type()[block["type"]], block)


@cache
def _by_type() -> dict[str, str]:
    """Return the definitions of blocks by the `type` they ask for; images have two forms."""
    definitions = (_schema() or {})["definitions"]
    named = {
        one["properties"]["type"]["const"]: name
        for name, one in definitions.items()
        if name.endswith("Block") and "const" in one.get("properties", {}).get("type", {})
    }
    return {**named, "image": "ImageBlock"}


def _validate(definition: str, found: object) -> None:
    whole = _schema()
    assert whole is not None
    schema = {"$ref": f"#/definitions/{definition}", "definitions": whole["definitions"]}
    jsonschema.Draft7Validator(schema).validate(found)


@cache
def _schema() -> dict[str, Any] | None:
    """Read the schema, or make it where npm has put the generator; None without both."""
    named = os.environ.get("SLACK_TYPES_SCHEMA", "")
    if named:
        return dict(json.loads(Path(named).read_text(encoding="utf-8")))
    modules = Path(__file__).parent.parent / "node_modules"
    types = modules / "@slack" / "types" / "dist" / "index.d.ts"
    generator = shutil.which("ts-json-schema-generator", path=str(modules / ".bin"))
    if generator is None or not types.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "schema.json"
        what = ("--path", types, "--type", "*", "--no-type-check", "--out", made)
        subprocess.run([generator, *map(str, what)], check=True, timeout=SECONDS)
        return dict(json.loads(made.read_text(encoding="utf-8")))
