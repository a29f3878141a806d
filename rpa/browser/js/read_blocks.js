// The fields of each block that these nodes are, with its place in the document and of what must be masked in a picture of it.
(nodes, { fields, masks, rows }) => {
  const origin = self.origin === "null" ? "null" : location.origin;
  return blocksOf(nodes, rows).map((block) => JSON.stringify({ origin, values: readFields(block, fields), ...placeWithMasks(block, masks) }));
}
