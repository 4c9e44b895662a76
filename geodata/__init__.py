"""The registry: PostGIS, source files and the rules of Vietnam's vocational-education network. No web here."""
