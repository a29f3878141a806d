"""Named elements of a site: read from TOML, resolved to exactly one place on the page or refused."""
