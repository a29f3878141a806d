// Reads the fields of one block (a list's row, a dialog) by its description. Shared by the two readers beside it.
// A block is an element, or an array of elements: a row, and the rows right below that continue it.
const partsOf = (block) => (Array.isArray(block) ? block : [block]);
const withContinued = (row, continued) => {
  if (!continued) return row;
  const parts = [row];
  for (let next = row.nextElementSibling; next?.matches(continued); next = next.nextElementSibling) parts.push(next);
  return parts;
};
// The blocks that these nodes are, in their order: each alone, or each one of `rows` with the nodes after it.
const blocksOf = (nodes, rows) => {
  const blocks = [];
  for (const node of nodes) {
    if (!rows) blocks.push(node);
    else if (node.matches(rows)) blocks.push([node]);
    else blocks.at(-1)?.push(node);
  }
  return blocks;
};
const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
const shown = (node) => !node.checkVisibility || node.checkVisibility({ visibilityProperty: true, opacityProperty: false });

// The heading that a node stands under: the caption of its table, else the last heading before it.
const headingOf = (node) => {
  const caption = node.closest("table")?.caption;
  if (caption && !caption.contains(node)) return fold(caption.textContent);
  let last = null;
  for (const each of document.querySelectorAll("h1, h2, h3, h4, h5, h6, legend")) {
    if (!(each.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
    last = each;
  }
  return last ? fold(last.textContent) : null;
};

// The one of these nodes, where there is just one: of several none is meant.
const only = (nodes) => (nodes.length === 1 ? nodes[0] : null);

// Whether a heading reads so, without the signs by which a list is sorted.
const reads = (node, wanted) => { const text = fold(node.textContent); return text === wanted || text.replace(/[\s▲▼△▽▴▾▵▿⏶⏷↑↓↕⇅⇵⬆⬇]+$/u, "") === wanted; };
const isHead = (row) => [...row.cells].some((cell) => cell.tagName === "TH");
const hasData = (row) => [...row.cells].some((cell) => cell.tagName === "TD");

// The cells of a row by their place from the left: those that reach down into it from rows above, and those that reach over several places.
const cellsOf = (row) => {
  const section = [...row.parentNode.rows], reaching = [];
  let places = [];
  for (const each of section.slice(0, section.indexOf(row) + 1)) {
    places = reaching.map((from) => (from && from.left-- > 0 ? from.cell : undefined));
    let at = 0;
    for (const cell of each.cells) {
      while (places[at]) at += 1;
      for (let next = at; next < at + cell.colSpan; next += 1) {
        places[next] = cell;
        reaching[next] = { cell, left: cell.rowSpan === 0 ? Infinity : cell.rowSpan - 1 };
      }
      at += cell.colSpan;
    }
  }
  return places;
};

// The cell of a table's row, or of its first row of data, below the one heading that reads so: in the last of its rows of headings that has it.
const columnCell = (block, { column, under }) => {
  const cellIn = (table, row) => {
    const rows = [...table.rows], first = rows.findIndex(isHead);
    if (first < 0) return null;
    const after = rows.slice(first).findIndex(hasData);
    const heads = rows.slice(first, after > 0 ? first + after : first + 1);
    const data = row ?? rows.slice(first + heads.length).find(hasData);
    const headings = new Set(heads.flatMap((head) => [...head.cells]).filter((cell) => reads(cell, column)));
    if (!data || heads.includes(data) || headings.size !== 1) return null;
    const [heading] = headings;
    const cell = cellsOf(data)[cellsOf(heading.parentNode).indexOf(heading)];
    return cell && cell.colSpan <= heading.colSpan ? cell : null;
  };
  if (block.matches("tr")) return cellIn(block.closest("table"), block);
  const tables = [...block.querySelectorAll("table")].filter((table) => !under || headingOf(table) === under || fold(table.caption?.textContent) === under);
  return only(tables.map((table) => cellIn(table, null)).filter(Boolean));
};

// What stands beside the one word that reads so, with a colon or without.
const labelled = (block, { label, under }) => {
  const own = (node) => fold([...node.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data).join(" "));
  const words = [...block.querySelectorAll("label, th, dt, td, b, strong, span, div, p")].filter((node) => own(node).replace(/\s*[:：]$/, "") === label && (!under || headingOf(node) === under));
  const word = only(words);
  const beside = word && (word.control ?? word.nextElementSibling);
  return beside && !(["DT", "TH", "LABEL"].includes(beside.tagName) && beside.tagName === word.tagName) ? beside : null;
};

const nodesOf = (block, field) => {
  const within = field.on_page ? [document] : partsOf(block);
  const found = (part) => {
    if (field.css) return field.all ? [...part.querySelectorAll(field.css)] : [part.querySelector(field.css)];
    const root = part === document ? document.body : part;
    return [field.column ? columnCell(root, field) : labelled(root, field)];
  };
  const nodes = [...new Set(within.flatMap(found))].filter(Boolean);
  return field.all ? nodes : nodes.slice(0, 1);
};

const valueOf = (node, field) => {
  let text;
  if ((field.attr === "checked" && typeof node.checked !== "boolean") || (field.attr === "chosen" && !node.selectedOptions)) return null;
  if (field.attr === "checked") text = String(node.checked);
  else if (field.attr === "chosen") text = [...node.selectedOptions].map((option) => option.text).join(" ");
  else if (field.attr === "value") text = "value" in node ? node.value : node.getAttribute("value");
  else if (field.attr) text = node.getAttribute(field.attr);
  else text = node.textContent;
  text = fold(text);
  if (!field.pattern) return text;
  const match = text.match(new RegExp(field.pattern));
  return match ? (match[1] ?? match[0]) : null;
};

// The same place in a copy of the block; nothing where that was replaced meanwhile.
const twinOf = (node, block, copy) => {
  const path = [];
  for (let each = node; each !== block; each = each.parentNode) path.unshift([...each.parentNode.childNodes].indexOf(each));
  return path.reduce((each, at) => each?.childNodes[at], copy);
};

// The text of a block without what its fields of people's own words read; what else their elements say stays.
const unquoted = (block, quotes) => {
  const copy = block.cloneNode(true);
  for (const field of quotes) {
    for (const node of nodesOf(block, field).filter((each) => each !== block && block.contains(each))) {
      const value = valueOf(node, field);
      const twin = value && twinOf(node, block, copy);
      if (twin) twin.replaceWith(fold(node.textContent).replace(value, "\n"));
    }
  }
  return copy.textContent;
};

const readField = (block, field) => {
  if (field.words) {
    const nodes = field.css ? nodesOf(block, { ...field, all: true }) : partsOf(block);
    const says = (texts) => field.words.some((word) => texts.join(" ").includes(word));
    if (!says(nodes.map((node) => node.textContent))) return "clear";
    return says(nodes.map((node) => unquoted(node, field.quotes))) ? "set" : "quoted";
  }
  const nodes = nodesOf(block, field);
  if (field.all) return nodes.map((node) => valueOf(node, field));
  return nodes.length ? valueOf(nodes[0], field) : null;
};

const readFields = (block, fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readField(block, field)]));

// Boxes [x, y, width, height] in the document: of the block, and of what must be masked in a picture of it.
const placeWithMasks = (block, masks) => {
  const place = (node) => {
    const box = node.getBoundingClientRect();
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };
  const parts = partsOf(block), places = parts.map(place);
  const [x, y] = [0, 1].map((side) => Math.min(...places.map((each) => each[side])));
  const [right, bottom] = [0, 1].map((side) => Math.max(...places.map((each) => each[side] + each[side + 2])));
  const hidden = masks.length ? parts.flatMap((part) => [...part.querySelectorAll(masks.join(","))]).filter(shown).map(place) : [];
  return { box: [x, y, right - x, bottom - y], inside: y >= scrollY && bottom <= scrollY + innerHeight, masks: hidden };
};
