"""A collection of Milvus that holds the samples of one space: vectors, and the fields that filters look at."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

import numpy as np
from pydantic import TypeAdapter

from soundpalette.core.milvus_index.connection import ANSWER_SECONDS, WRITE_SECONDS, Connection
from soundpalette.core.types import Entries, Fields, Ids, Space, Vector, Vectors
from soundpalette.core.vector_index.base import Manifest, Matches
from soundpalette.errors import VectorIndexError

T = TypeVar("T")
SCHEMA: Final = 1
"""Stands in the collection's name: a version of the program with other fields makes a collection of its own."""
PROPERTY: Final = "soundpalette.published"
MOST_HITS: Final = 16_384
"""The most that Milvus gives in one answer."""
VECTOR_ROWS: Final = 2048
LONGEST: Final = 65_535
"""Bytes of a VARCHAR. Nobody asks for a longer word, and a longer path still begins with its folders."""
MOST_ITEMS: Final = 4096
"""Items of an ARRAY."""
EXACT: Final = "FLAT"
NOT_LOADED: Final = 101
"""Milvus' code for a collection that was released, or that nobody loaded after a restart."""
WORDS: Final = ("root_id", "path", "key", "kind", "role", "genre")
NUMBERS: Final = ("seconds", "bpm")
LISTS: Final = ("tags",)


@dataclass(frozen=True, slots=True)
class Publication:
    """What the collection's property says is published; `number` is drawn anew each time."""

    number: int
    manifest: Manifest


class Collection:
    """The collection of `space` at `connection`."""

    def __init__(self, connection: Connection, space: Space) -> None:
        self.connection = connection
        self.space = space
        self.name = f"soundpalette{SCHEMA}_{re.sub(r'[^A-Za-z0-9]', '_', space.key)}"

    def make(self) -> None:
        """Make it where it is not there yet, and see that it can be searched. Raises VectorIndexError."""
        with self.connection.client() as client:
            if not client.has_collection(self.name, timeout=ANSWER_SECONDS):
                client.create_collection(
                    self.name, schema=_schema(self.space), consistency_level="Bounded", timeout=WRITE_SECONDS
                )
        self._make_indexes()
        self.load()

    def load(self) -> None:
        """Have Milvus load it, where it is not."""
        with self.connection.client() as client:
            client.load_collection(self.name, timeout=WRITE_SECONDS)

    def kind(self) -> str:
        """Of the index over the vectors. Milvus Lite is for libraries that an exact search is quick enough for;
        elsewhere Milvus chooses by its own configuration (HNSW, or what its operator sets for more than fits)."""
        return EXACT if self.connection.is_lite() else "AUTOINDEX"

    def published(self) -> Publication | None:
        """What is published. Raises VectorIndexError for a collection that is not ours.

        A collection's description is metadata, which every node gives as it was last written, without waiting.
        """
        if not self.connection.is_there:
            return None
        with self.connection.client() as client:
            if not client.has_collection(self.name, timeout=ANSWER_SECONDS):
                return None
            described = client.describe_collection(self.name, timeout=ANSWER_SECONDS)
        self._check(described["fields"])
        try:
            return TypeAdapter(Publication).validate_json(
                described.get("properties", {}).get(PROPERTY, ""), strict=True
            )
        except ValueError:  # never published, or by no version that we know: publishing makes it anew
            return None

    def publish(self, publication: Publication) -> None:
        """Make this what is published."""
        with self.connection.client() as client:
            told = json.dumps(asdict(publication))
            client.alter_collection_properties(self.name, {PROPERTY: told}, timeout=ANSWER_SECONDS)

    def upsert(self, entries: Entries) -> None:
        """Put these in place of older ones of their ids."""
        rows = zip(entries.rows.ids.tolist(), entries.rows.vectors, entries.fields, strict=True)
        with self.connection.client() as client:
            client.upsert(self.name, [_row(*row) for row in rows], timeout=WRITE_SECONDS)

    def delete(self, ids: Ids) -> None:
        with self.connection.client() as client:
            for start in range(0, len(ids), MOST_HITS):
                client.delete(self.name, ids=ids[start : start + MOST_HITS].tolist(), timeout=WRITE_SECONDS)

    def flush(self) -> None:
        """Have what was written sealed and indexed: before that, Milvus scans it row by row."""
        with self.connection.client() as client:
            client.flush(self.name, timeout=WRITE_SECONDS)

    def count(self) -> int:
        """How many samples there are, all that was written before included: whoever is answered after this sees it."""

        def ask(client: Any) -> int:
            options = {"consistency_level": "Strong", "timeout": WRITE_SECONDS}
            (row,) = client.query(self.name, output_fields=["count(*)"], **options)
            return int(row["count(*)"])

        return self._read(ask)

    def ids(self, most: int | None = None) -> Ids:
        """All, or the first `most`: int64 [n] in rising order."""

        def ask(client: Any) -> Ids:
            options = {"consistency_level": "Strong", "timeout": WRITE_SECONDS, "limit": -1 if most is None else most}
            pages = client.query_iterator(self.name, batch_size=MOST_HITS, output_fields=["id"], **options)
            found = [row["id"] for page in iter(pages.next, []) for row in page]
            pages.close()
            return np.sort(np.array(found, np.int64))

        return self._read(ask)

    def vectors(self, ids: Ids) -> Vectors:
        """float32 [n, dimension]. Raises VectorIndexError where one is gone."""

        def ask(client: Any) -> dict[int, Vector]:
            parts = [ids[start : start + VECTOR_ROWS].tolist() for start in range(0, len(ids), VECTOR_ROWS)]
            options = {"output_fields": ["vector"], "timeout": ANSWER_SECONDS}
            asked = (client.query(self.name, ids=part, **options) for part in parts)
            # Part by part: as Python's numbers, vectors take eight times as much.
            return {row["id"]: np.asarray(row["vector"], np.float32) for rows in asked for row in rows}

        found = self._read(ask)
        try:
            return np.stack([found[number] for number in ids.tolist()])
        except KeyError as error:
            raise VectorIndexError(f"the index at {self.connection.place} is being changed; ask again") from error

    def search(self, vector: Vector, k: int, expression: str) -> Matches:
        """The `k` (at most `MOST_HITS`) nearest to a vector [dimension] of those that meet the expression."""

        def ask(client: Any) -> Matches:
            (hits,) = client.search(
                self.name,
                data=[vector.astype(np.float32)],
                anns_field="vector",
                limit=min(k, MOST_HITS),
                filter=expression,
                output_fields=["id"],
                search_params={"metric_type": "IP"},
                timeout=ANSWER_SECONDS,
            )
            ids, scores = [hit["id"] for hit in hits], [hit["distance"] for hit in hits]
            return Matches(np.array(ids, np.int64), np.array(scores, np.float32))

        return self._read(ask)

    def damaged(self, what: str) -> VectorIndexError:
        return VectorIndexError(
            f"the index at {self.connection.place} is damaged ({what}); run `soundpalette index` to mend it"
        )

    def _read(self, ask: Callable[[Any], T]) -> T:
        """What `ask` gets of the client; the collection is loaded first where Milvus was restarted without it."""
        try:
            with self.connection.client() as client:
                return ask(client)
        except VectorIndexError as error:
            if getattr(error.__cause__, "code", None) != NOT_LOADED:
                raise
        self.load()
        with self.connection.client() as client:
            return ask(client)

    def _check(self, fields: Sequence[dict[str, Any]]) -> None:
        wanted = {field.name: field.params.get("dim") for field in _schema(self.space).fields}
        found = {field["name"]: field.get("params", {}).get("dim") for field in fields}
        if found != wanted:
            raise VectorIndexError(
                f"the collection {self.name} at {self.connection.place} is not what SoundPalette makes (its fields or "
                "dimensions differ); rename or drop it, or name another database in [index] milvus_uri"
            )

    def _make_indexes(self) -> None:
        """Those that are not there: a run may have ended between two of them."""
        kind = self.kind()
        kinds = {"vector": kind} | dict.fromkeys((*WORDS, *NUMBERS), "INVERTED")
        if kind != EXACT:  # Milvus Lite has none over lists
            kinds |= dict.fromkeys(LISTS, "INVERTED")
        with self.connection.client() as client:
            there = client.list_indexes(self.name, timeout=ANSWER_SECONDS)
            for field in kinds.keys() - set(there):
                indexes = client.prepare_index_params()
                metric = {"metric_type": "IP"} if field == "vector" else {}
                indexes.add_index(field, index_type=kinds[field], index_name=field, **metric)
                # nothing to wait for: no row is written before all of them are there
                client.create_index(self.name, indexes, sync=False, timeout=ANSWER_SECONDS)


def _schema(space: Space) -> Any:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=space.dimension)
    for name in WORDS:
        schema.add_field(name, DataType.VARCHAR, max_length=LONGEST, nullable=True)
    for name in NUMBERS:
        schema.add_field(name, DataType.DOUBLE, nullable=True)
    for name in LISTS:
        schema.add_field(
            name, DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=MOST_ITEMS, max_length=LONGEST
        )
    return schema


def _row(number: int, vector: Vector, fields: Fields) -> dict[str, object]:
    words = {name: value and _bounded(value) for name in WORDS for value in [getattr(fields, name)]}
    numbers = {name: getattr(fields, name) for name in NUMBERS}
    return {
        "id": number, "vector": vector, **words, **numbers, "tags": [_bounded(tag) for tag in fields.tags[:MOST_ITEMS]]
    }  # fmt: skip


def _bounded(word: str) -> str:
    return word.encode()[:LONGEST].decode(errors="ignore")
