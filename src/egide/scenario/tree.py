"""YAML read into a tree that remembers where everything stands. Nothing is ever executed.

node     one value of the file with its line and column (from 1), the place of its key, and the file it came from
plain    the same without places: dict, list, str, int, float, bool or None
loc      the way to a node: mapping keys and list indices, as pydantic writes it

Scalars follow the YAML 1.2 core schema: `NO` is text, `010` is ten, `12:30` is text. Tags, repeated keys, several
documents and keys that are not plain text are refused; aliases, depth and size are capped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Final, TypeAlias, final

import yaml

from egide.errors import Problem, ScenarioError
from egide.i18n import mark

__all__ = ["Loc", "Node", "find", "is_nothing", "locate", "path_text", "plain", "read_tree"]

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 30
MAX_NODES: Final = 300_000
MAX_ALIASES: Final = 200

Loc: TypeAlias = tuple[str | int, ...]

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL_HEX: Final = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NUMBER: Final = re.compile(rf"(?:{_INT.pattern}|{_OCTAL_HEX.pattern}|{_FLOAT.pattern})$")
_SPECIAL: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@final
@dataclass(slots=True)
class Node:
    """A value and its place. `key` is the place of its key, or its own place in a list."""

    value: Any  # dict[str, Node], list[Node] or a scalar
    line: int
    column: int
    file: str
    key: tuple[int, int] = (0, 0)
    key_file: str = ""

    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Children of a mapping; nothing where it is none."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def elements(self) -> Iterator[Node]:
        """Children of a list; nothing where it is none."""
        if isinstance(self.value, list):
            yield from self.value

    def get(self, name: str) -> Node | None:
        """The child under a key; a key with nothing after it counts as left out."""
        child = self.value.get(name) if isinstance(self.value, dict) else None
        return child if child is not None and child.value is not None else None

    def text(self, name: str) -> str | None:
        """The text under a key, or None where there is none."""
        child = self.get(name)
        return child.value if child is not None and isinstance(child.value, str) else None


def plain(node: Node) -> Any:
    """The data without its places. A key with nothing after it counts as left out."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items() if child.value is not None}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def find(node: Node, loc: Sequence[str | int]) -> tuple[Node, int]:
    """The deepest node on the way to `loc`, and how many steps were gone."""
    for steps, step in enumerate(loc):
        child: Node | None = None
        if isinstance(step, str):
            child = node.get(step)
        elif isinstance(node.value, list) and 0 <= step < len(node.value):
            child = node.value[step]
        if child is None:
            return node, steps
        node = child
    return node, len(loc)


def locate(root: Node, loc: Sequence[str | int], *, at_key: bool = False) -> tuple[str, int, int]:
    """File, line and column of a value, of its key, or of the nearest thing above it that exists."""
    node, steps = find(root, loc)
    if at_key and steps == len(loc) and loc and node.key != (0, 0):
        return node.key_file or node.file, *node.key
    return node.file, node.line, node.column


def path_text(root: Node, loc: Sequence[str | int]) -> str:
    """`batteries.s400-1.launchers[0].count`: list members by their name where they have one, as `--set` writes it."""
    text = ""
    node: Node | None = root
    for step in loc:
        if isinstance(step, int):
            node = node.value[step] if node and isinstance(node.value, list) and step < len(node.value) else None
            name = node.text("name") if node else None
            text += f".{name}" if name else f"[{step}]"
        else:
            node = node.get(step) if node else None
            text += f".{step}" if text else step
    return text


def read_tree(text: str | bytes, file: str) -> Node:
    """The tree of one YAML document. Raises ScenarioError with every problem of form found."""
    source = _decode(text, file)
    builder = _Builder(file)
    try:
        for event in yaml.parse(source, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        detail = " ".join(part for part in (error.context, error.problem) if part)
        line, column = (place.line + 1, place.column + 1) if place else (1, 1)
        builder.refuse(line, column, mark("this is not YAML: {detail}"), _hint(detail), detail=detail)
    except (yaml.YAMLError, UnicodeError) as error:  # control characters and half surrogates
        line, column = _first_control(source)
        builder.refuse(
            line,
            column,
            mark("this is not YAML: {detail}"),
            mark("remove the control character"),
            detail=str(error).splitlines()[0],
        )
    except _StopReadingError:
        pass
    if builder.problems:
        raise ScenarioError(builder.problems)
    if builder.root is None or builder.root.value is None:
        raise ScenarioError(
            [Problem(file, 1, 1, "", mark("the file is empty"), mark("`egide new PATH` writes a starter"))]
        )
    return builder.root


def _decode(text: str | bytes, file: str) -> str:
    size = len(text)
    if size > MAX_BYTES:
        wrong = mark("the file has {size} bytes, more than the {limit} that are read")
        raise ScenarioError(
            [
                Problem(
                    file,
                    0,
                    0,
                    "",
                    wrong,
                    mark("split it, or leave out what is not used"),
                    {"size": size, "limit": MAX_BYTES},
                )
            ]
        )
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        wrong = mark("the file is not UTF-8 text (byte {byte})")
        raise ScenarioError(
            [Problem(file, line, column, "", wrong, mark("save it as UTF-8"), {"byte": f"0x{text[error.start]:02x}"})]
        ) from None


def _first_control(text: str) -> tuple[int, int]:
    for line, content in enumerate(text.split("\n"), 1):
        for column, letter in enumerate(content, 1):
            code = ord(letter)
            if (code < 32 and letter not in "\t\r") or 0xD800 <= code <= 0xDFFF or code in (0x7F, 0xFFFE, 0xFFFF):
                return line, column
    return 1, 1


def _hint(detail: str) -> str:
    if "cannot start any token" in detail:
        return mark("indent with spaces, never tabs, and put text that holds @, `, % or : in quotes")
    if "mapping values are not allowed" in detail:
        return mark("put text that holds ': ' in quotes")
    if "alias" in detail:
        return mark("write the value out, or give it an anchor (&name) before it is used")
    return mark("check brackets, quotes and indentation here and just above")


class _StopReadingError(Exception):
    """The rest of the file cannot be read sensibly."""


@final
@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Node
    anchor: str | None
    key: Node | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)


class _Builder:
    """Builds the tree from parser events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._nodes = 0
        self._aliases = 0
        self._documents = 0

    def refuse(self, line: int, column: int, wrong: str, right: str = "", /, **values: Any) -> None:
        path = ""
        for level, inner in zip_longest(self._open, self._open[1:]):
            if level.key is not None:
                path += f".{level.key.value}" if path else str(level.key.value)
            elif level.node.is_list():
                name = inner.node.text("name") if inner is not None else None
                path += f".{name}" if name else f"[{len(level.node.value)}]"
        self.problems.append(Problem(self.file, line, column, path, wrong, right, values))

    def take(self, event: Any) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._fail(
                        event, mark("a second document begins"), mark("one file holds one document; remove the '---'")
                    )
            case yaml.ScalarEvent():
                self._add(self._node(event, self._scalar(event)), event)
            case yaml.MappingStartEvent():
                self._push(event, {})
            case yaml.SequenceStartEvent():
                self._push(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._pop()
            case yaml.AliasEvent():
                self._alias(event)

    def _fail(self, event: Any, wrong: str, right: str, **values: Any) -> None:
        self.refuse(event.start_mark.line + 1, event.start_mark.column + 1, wrong, right, **values)
        raise _StopReadingError

    def _node(self, event: Any, value: Any) -> Node:
        self._count(event, 1)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        return Node(value, line, column, self.file, (line, column))

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._fail(
                event, mark("more than {limit} values"), mark("use fewer aliases or a smaller file"), limit=MAX_NODES
            )

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            self._tag(event)
        if event.tag is not None or not event.implicit[0]:  # quoted, block or said to be text
            return text
        return _core(text)

    def _tag(self, event: Any) -> None:
        self.refuse(
            event.start_mark.line + 1,
            event.start_mark.column + 1,
            mark("the tag {tag} is not allowed"),
            mark("remove it; a scenario is data and never runs code"),
            tag=event.tag,
        )

    def _push(self, event: Any, value: Any) -> None:
        if event.tag not in (None, "!"):
            self._tag(event)
        if len(self._open) >= MAX_DEPTH:
            self._fail(
                event,
                mark("nested deeper than {limit} levels"),
                mark("close the brackets, or flatten it"),
                limit=MAX_DEPTH,
            )
        if self._open and self._open[-1].node.is_map() and self._open[-1].key is None:
            self._fail(event, mark("a key must be plain text"), mark("write one word before the ':'"))
        self._open.append(_Open(self._node(event, value), event.anchor))

    def _pop(self) -> None:
        done = self._open.pop()
        self._place(done.node, done.anchor)

    def _add(self, node: Node, event: Any) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and top.node.is_map() and top.key is None:
            self._key(top, Node(event.value, node.line, node.column, self.file))
            return
        self._place(node, event.anchor)

    def _key(self, top: _Open, key: Node) -> None:
        name = key.value
        if name in top.keys:
            self.refuse(
                key.line,
                key.column,
                mark("the key {key} stands twice here, first in line {line}"),
                mark("remove one of them"),
                key=name,
                line=top.keys[name][0],
            )
        top.keys.setdefault(name, (key.line, key.column))
        top.key = key

    def _place(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, _size(node))
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif top.key is not None:
            node.key = (top.key.line, top.key.column)
            top.node.value.setdefault(top.key.value, node)
            top.key = None

    def _alias(self, event: Any) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            self._fail(event, mark("more than {limit} aliases"), mark("write the values out"), limit=MAX_ALIASES)
        if event.anchor not in self._anchors:
            right = mark("write the value out, or give it an anchor (&name) before it is used")
            self._fail(event, mark("the alias {alias} has no anchor before it"), right, alias=event.anchor)
        if self._open and self._open[-1].node.is_map() and self._open[-1].key is None:
            self._fail(event, mark("a key must be plain text"), mark("write one word before the ':'"))
        node, size = self._anchors[event.anchor]
        self._count(event, size)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        self._place(replace(node, key=(line, column)), None)


def _size(node: Node) -> int:
    """Values in a subtree, counted no further than the limit."""
    total, waiting = 0, [node]
    while waiting and total <= MAX_NODES:
        current = waiting.pop()
        total += 1
        waiting.extend(child for _, child in current.items())
        waiting.extend(current.elements())
    return total


def is_nothing(text: str) -> bool:
    """Whether a plain scalar is null."""
    return text in _NULL


def _core(text: str) -> Any:
    """A plain scalar by the YAML 1.2 core schema."""
    if is_nothing(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL_HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and len(text) < 400:
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
