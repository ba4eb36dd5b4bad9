"""Search on Milvus: one collection a space, vectors and what filters look at side by side."""

from soundpalette.core.milvus_index.store import MilvusStore

__all__ = ["MilvusStore"]
