"""The sidecar: from folders of audio files to a committed catalogue and a published index."""
