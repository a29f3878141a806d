// All rows of a list as JSON text, read when the list is quiet: not busy and, where keys are given, showing exactly those.
// After `patience_ms` it reads what is there; the caller compares.
async ({ rows, continued, under, key, fields, busy, keys, masks, patience_ms }) => {
  const look = () => [...document.querySelectorAll(rows)].filter((row) => !under || headingOf(row) === under);
  const wanted = keys ? new Set(keys) : null;
  const keyField = fields[key];
  const keyOf = (row) => readField(withContinued(row, continued), keyField);
  const quiet = (found) => {
    if (busy && [...document.querySelectorAll(busy)].some(shown)) return false;
    return !wanted || (found.length === wanted.size && found.every((row) => wanted.has(keyOf(row))));
  };
  const until = performance.now() + patience_ms;
  let found = look();
  while (!quiet(found) && performance.now() < until) {
    await new Promise((next) => { requestAnimationFrame(next); setTimeout(next, 50); });
    found = look();
  }
  return JSON.stringify({
    origin: self.origin === "null" ? "null" : location.origin,
    quiet: quiet(found),
    rows: found.map((row) => readFields(withContinued(row, continued), fields)),
    parts: masks ? found.map((row) => placeWithMasks(withContinued(row, continued), masks)) : [],
  });
}
