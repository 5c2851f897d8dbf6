"""The HTTP server: the API, its limits and the studio page, over `voxcue.pipeline`."""
