// What each visible hit of a locator is: its name as a person reads it (the text on it; a label only where it has none),
// what else is told of it and of the button around it (`also`), what both call themselves (`signs`), whether it can be used,
// how many clicks the document has had, and of which origin it is. `hidden`: even what cannot be seen.
(nodes, hidden) => {
  const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && node.getClientRects().length > 0;
  const MOST = 40; // signs without words inside it; what has words is in the name
  const pressed = 'a, button, label, summary, input, [role="button"], [role="link"], [role="menuitem"], [role="tab"], [role="option"], [role="radio"], [role="checkbox"], [role="switch"]';
  const labels = (node) => ["aria-label", "title", "alt"].map((name) => node.getAttribute(name))
    .concat(/^(button|submit|reset|image)$/.test(node.type) ? node.value : "");
  const around = (node) => [node.closest(pressed), node.closest("label")?.control].filter((other) => other && other !== node);
  const inside = (node) => [...node.querySelectorAll("button, a, input, [role], [aria-label], [title], img")].slice(0, MOST).flatMap(labels);
  return JSON.stringify(nodes.filter((node) => hidden || shown(node)).map((node) => ({
    name: fold(node.innerText || node.getAttribute("aria-label") || node.value || node.getAttribute("placeholder")),
    also: [...labels(node), ...inside(node), ...around(node).flatMap((other) => [other.innerText, ...labels(other)])].map(fold).filter(Boolean),
    signs: [node, ...around(node)].flatMap((other) => ["class", "id", "data-testid"].map((name) => other.getAttribute(name) || "")),
    disabled: node.matches(":disabled") || node.getAttribute("aria-disabled") === "true",
    origin: self.origin === "null" ? "null" : location.origin, // a page may give `origin` another meaning
    clicks: [performance.timeOrigin, ...["pointerdown", "mousedown", "click"].map((kind) => performance.eventCounts.get(kind))].join(" "),
  })));
}
