"""The site's own table of a shop's orders: had made, read whatever its look, compared with list and ledger."""
