"""Each capability done the common way, through named elements of a page."""
