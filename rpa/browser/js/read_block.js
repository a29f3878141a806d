// The fields of one block (already found), with its place on the screen and of what must be masked in a picture of it.
(block, { fields, masks }) => {
  const place = (node) => {
    const box = node.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
  };
  const hidden = masks.length ? [...block.querySelectorAll(masks.join(","))].filter(shown).map(place) : [];
  return JSON.stringify({ values: readFields(block, fields), box: place(block), masks: hidden });
}
