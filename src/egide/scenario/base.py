"""What every model of the scenario shares.

key      a word in the file; the attribute is the key plus its unit (`latency` in the file, `latency_s` in the model)
name     letters, digits, '-' and '_': what `--set` paths, patches and reports call a thing
label    the same for people, in English and French
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Ge, Le
from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    StrictBool,
    StringConstraints,
    model_serializer,
    model_validator,
)
from pydantic.types import Strict
from pydantic_core import core_schema

__all__ = [
    "Count",
    "Few",
    "Flag",
    "Label",
    "Model",
    "Name",
    "Positive",
    "Reference",
    "Text",
    "key_of",
    "or_alone",
    "or_one_text",
]

_SUFFIXES: Final = ("_kg_m3", "_m2_s3", "_m_s2", "_m_s", "_rad", "_m2", "_m", "_s", "_")


def key_of(attribute: str) -> str:
    """The word in the file for an attribute: `latency_s` -> `latency`, `from_` -> `from`."""
    for suffix in _SUFFIXES:
        if attribute.endswith(suffix):
            return attribute.removesuffix(suffix)
    return attribute


class Model(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=key_of,
        validate_default=False,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leaves out what is nothing, and empty lists where empty is what leaving out means."""
        return {
            key: value
            for key, value in handler(self).items()
            if value is not None and not self._is_left_out(key, value)
        }

    def _is_left_out(self, key: str, value: object) -> bool:
        if value not in ((), [], {}):
            return False
        fields = type(self).model_fields
        return any(key_of(name) == key and field.default in ((), {}) for name, field in fields.items())


Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
Reference: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=80)]  # to a name or a catalogue entry
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Count: TypeAlias = Annotated[int, Strict(), Ge(0)]
Positive: TypeAlias = Annotated[int, Strict(), Ge(1)]
Few: TypeAlias = Annotated[int, Strict(), Ge(1), Le(32)]  # missiles that one decision may send
Flag: TypeAlias = StrictBool


def or_alone(described: dict[str, Any], handler: GetJsonSchemaHandler, *keys: str) -> dict[str, Any]:
    """The JSON Schema of a model where what these keys list may be written without a list if it is one."""
    properties = handler.resolve_ref_schema(described)["properties"]
    for key in keys:
        listed = properties[key]
        listed["anyOf"] = [{"type": "array", "items": listed["items"]}, listed.pop("items")]
        del listed["type"]
    return described


def or_one_text(described: dict[str, Any], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """The JSON Schema of a mapping that may also be written as one text."""
    mapping = handler.resolve_ref_schema(described)
    either = {"anyOf": [{"type": "string"}, dict(mapping)], "title": mapping.get("title", "")}
    mapping.clear()
    mapping.update(either)
    return described


class Label(Model):
    """A text in two languages; French falls back to English."""

    en: Text
    fr: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_text(cls, value: Any) -> Any:
        return {"en": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return or_one_text(handler(schema), handler)

    def pick(self, lang: str) -> str:
        return self.fr if lang == "fr" and self.fr is not None else self.en
