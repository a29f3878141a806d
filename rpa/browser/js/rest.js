// Waits until the list is not busy and no row reads `gone` any more; false when patience is at its end.
async ({ rows, key, busy, gone, patience_ms }) => {
  const until = performance.now() + patience_ms;
  const moving = () =>
    (busy && [...document.querySelectorAll(busy)].some(shown)) ||
    [...document.querySelectorAll(rows)].some((row) => readField(row, key) === gone);
  while (moving()) {
    if (performance.now() > until) return false;
    await new Promise((next) => { requestAnimationFrame(next); setTimeout(next, 30); });
  }
  return true;
}
