"""The faces that the tools have over a wire."""
