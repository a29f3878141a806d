// Keeps the keys from everything but this field, so that none is pressed on what takes the focus away meanwhile.
// What is in the field is selected, to be typed over. `rpaKeys()` ends it, and says how many keys went astray.
(field) => {
  let strays = 0;
  const inside = (event) => field.contains(event.composedPath()[0]);
  const stop = (event) => {
    if (inside(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "keydown" || event.type === "beforeinput") strays += 1;
  };
  const kinds = ["keydown", "keypress", "keyup", "beforeinput"];
  kinds.forEach((kind) => addEventListener(kind, stop, true));
  field.select?.();
  window.rpaKeys = () => {
    kinds.forEach((kind) => removeEventListener(kind, stop, true));
    delete window.rpaKeys;
    return strays;
  };
}
