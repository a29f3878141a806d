"""TOML files: read into models, with every mistake at its line."""
