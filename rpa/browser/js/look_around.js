// Where the page is, whose shop it shows, and what lies over it. `expected` are containers that may be open.
({ identity, candidates, popups, expected, known }) => {
  const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getClientRects().length > 0;
  const follow = (paths) => {
    for (const path of paths) {
      if (path.startsWith("css:")) {
        const nodes = [...document.querySelectorAll(path.slice(4))].filter(shown);
        if (nodes.length === 1 && fold(nodes[0].textContent)) return fold(nodes[0].textContent);
        continue;
      }
      const value = path.split(".").reduce((at, step) => (at === null || at === undefined ? undefined : at[step]), window);
      if (value !== undefined && value !== null && value !== "") return String(value);
    }
    return null;
  };
  const there = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0; // fading in, too
  const expectedNodes = expected.flatMap((css) => [...document.querySelectorAll(css)].filter(there));
  const isExpected = (node) => expectedNodes.some((wanted) => node.contains(wanted) || wanted.contains(node));
  const found = new Map();
  const note = (node, popup) => {
    if (!isExpected(node) && ![...found.keys()].some((other) => other.contains(node))) found.set(node, popup);
  };
  for (const [name, { container, text }] of Object.entries(popups))
    for (const node of document.querySelectorAll(container))
      if (shown(node) && (!text.length || text.some((part) => node.textContent.includes(part)))) note(node, name);
  for (const css of candidates) for (const node of document.querySelectorAll(css)) if (shown(node)) note(node, null);
  const floats = (node) => {
    for (; node && node !== document.body; node = node.parentElement)
      if (["fixed", "absolute"].includes(getComputedStyle(node).position)) return true;
    return false;
  };
  // A dialog that floats has a veil of its own over the page; a form that is part of the page has none.
  if (!expectedNodes.some(floats)) {
    const { innerWidth: width, innerHeight: height } = window;
    for (const [x, y] of [[0.5, 0.5], [0.3, 0.3], [0.7, 0.7]]) {
      let node = document.elementFromPoint(width * x, height * y);
      while (node && node !== document.body && getComputedStyle(node).position !== "fixed") node = node.parentElement;
      if (!node || node === document.body || node === document.documentElement) continue;
      const box = node.getBoundingClientRect();
      if (box.width * box.height > 0.3 * width * height) note(node, null);
    }
  }
  const overlays = [...found].map(([node, popup]) => {
    const text = fold(node.textContent);
    const meant = known.find((one) => text.includes(one.text) && (node.matches(one.container) || node.querySelector(one.container)));
    return { popup, text: text.slice(0, 200), means: meant ? meant.means : null };
  });
  return JSON.stringify({ url: location.href, identity: Object.fromEntries(Object.entries(identity).map(([k, v]) => [k, follow(v)])), overlays });
}
