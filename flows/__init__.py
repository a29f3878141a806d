"""Business flows: one file a flow. They know orders, never a selector and never Playwright."""
