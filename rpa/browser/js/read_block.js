// The fields of one block (already found), with its place in the document and of what must be masked in a picture of it.
(block, { fields, masks }) => JSON.stringify({ origin: self.origin === "null" ? "null" : location.origin, values: readFields(block, fields), ...placeWithMasks(block, masks) })
