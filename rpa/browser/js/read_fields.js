// Reads the fields of one block (a list's row, a dialog) by its description. Shared by the two readers beside it.
const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
const shown = (node) => !node.checkVisibility || node.checkVisibility({ visibilityProperty: true, opacityProperty: false });

const valueOf = (node, field) => {
  let text;
  if (field.attr === "value") text = "value" in node ? node.value : node.getAttribute("value");
  else if (field.attr) text = node.getAttribute(field.attr);
  else text = node.textContent;
  text = fold(text);
  if (!field.pattern) return text;
  const match = text.match(new RegExp(field.pattern));
  return match ? (match[1] ?? match[0]) : null;
};

// The text of a block without what its fields of people's own words read; what else their elements say stays.
const unquoted = (block, quotes) => {
  const rest = block.cloneNode(true);
  for (const field of quotes) {
    const found = [...rest.querySelectorAll(field.css)];
    for (const node of field.all ? found : found.slice(0, 1)) {
      const value = valueOf(node, field);
      if (value) node.replaceWith(fold(node.textContent).replace(value, "\n"));
    }
  }
  return rest.textContent;
};

const readField = (block, field) => {
  if (field.words) {
    const nodes = field.css ? [...block.querySelectorAll(field.css)] : [block];
    const says = (texts) => field.words.some((word) => texts.join(" ").includes(word));
    if (!says(nodes.map((node) => node.textContent))) return "clear";
    return says(nodes.map((node) => unquoted(node, field.quotes))) ? "set" : "quoted";
  }
  if (field.all) return [...block.querySelectorAll(field.css)].map((node) => valueOf(node, field));
  const node = block.querySelector(field.css);
  return node ? valueOf(node, field) : null;
};

const readFields = (block, fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readField(block, field)]));

// Boxes [x, y, width, height] in the document: of the block, and of what must be masked in a picture of it.
const placeWithMasks = (block, masks) => {
  const place = (node) => {
    const box = node.getBoundingClientRect();
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };
  const { top, bottom } = block.getBoundingClientRect();
  return { box: place(block), inside: top >= 0 && bottom <= innerHeight, masks: masks.length ? [...block.querySelectorAll(masks.join(","))].filter(shown).map(place) : [] };
};
