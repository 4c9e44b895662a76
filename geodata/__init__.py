"""The registry: PostGIS, source files and the rules of Vietnam's vocational-education network. Knows nothing of the web."""
