"""Commands about holds and notices: `rpa holds …` and `rpa notices …`, found by their entry points."""
