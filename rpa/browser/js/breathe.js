// Lets the browser work until the page changes or the time is over; true when something of `css` is visible.
({ css, ms }) => new Promise((next) => {
  const end = () => {
    observer.disconnect();
    clearTimeout(timer);
    next(css.length > 0 && [...document.querySelectorAll(css.join(","))].some((node) => node.checkVisibility()));
  };
  const observer = new MutationObserver(end);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setTimeout(end, ms);
})
