"""The gate: may this order be shipped? Every mark, hold, rule and notice, weighed in one place."""
