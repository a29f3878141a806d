// Lets the browser work for a moment; true when something of `css` is visible.
({ css, ms }) => new Promise((next) => setTimeout(() => next(
  css.length > 0 && [...document.querySelectorAll(css.join(","))].some((node) => node.checkVisibility())), ms))
