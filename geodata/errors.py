"""What can go wrong in the registry, as nouns."""


class GeodataError(Exception):
    """Everything the registry refuses; the text is fit for the person who asked."""
