"""The web: HTTP, people and maps over the registry in `geodata`. Holds no SQL."""
