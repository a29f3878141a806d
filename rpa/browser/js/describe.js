// What each visible hit of a locator is: its name as a person reads it (the text on it; a label only where it has none),
// whether it can be used, how many clicks the document has had, and of which origin it is.
(nodes) => {
  const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && node.getClientRects().length > 0;
  return JSON.stringify(nodes.filter(shown).map((node) => ({
    name: fold(node.innerText || node.getAttribute("aria-label") || node.value || node.getAttribute("placeholder")),
    disabled: Boolean(node.disabled) || node.getAttribute("aria-disabled") === "true",
    origin: self.origin,
    clicks: `${performance.timeOrigin} ${performance.eventCounts.get("click")}`,
  })));
}
