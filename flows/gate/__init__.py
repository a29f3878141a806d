"""May this order be shipped: every mark, hold, rule and notice, weighed in one place."""
