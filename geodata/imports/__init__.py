"""From a department's file to a release: read, examine, match, stage, publish, undo."""
