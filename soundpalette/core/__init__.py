"""Audio, encoders, catalogue, index and search: everything that needs no configuration and no network."""
