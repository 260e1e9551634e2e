"""Lists of one length, as the three components of a force."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from yaan.base.plain import is_list
from yaan.description.quantity import Mistake, refuse


@dataclass(frozen=True, slots=True)
class Exactly:
    """A list of one length, told once and in words where it has another.

    Attributes:
        count: how many items it has.
        words: what they are, as "three values: x, y and z".
    """

    count: int
    words: str

    def read(self, value: Any) -> Any:
        """Pass on a list of that length.

        Raises:
            PydanticCustomError: no list, or one of another length.
        """
        if is_list(value) and len(value) == self.count:
            return value
        raise refuse(Mistake((), self.words, f"not {len(value)}" if is_list(value) else ""))

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Look at the length before the items."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The length, for editors."""
        return {**handler(schema), "minItems": self.count, "maxItems": self.count}


TRIPLE: Final = Exactly(3, "three values: x, y and z")
RANGE: Final = Exactly(2, "two values: the least and the greatest")
