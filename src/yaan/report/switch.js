"use strict";
// The constraints that colour the coverage map, each with a switch: what is off no longer counts, and
// the map shows which mode is then the best. Every margin is in the figure's data, so nothing else is
// asked. The rules are those of `figures/escape_map.py`.
function switches(figures, redraw) {
  const box = document.querySelector(".switches");
  if (!box) return;
  const inputs = [...box.querySelectorAll("input")];
  const count = box.querySelector(".count");
  const told = count.textContent;
  const names = box.dataset.for.split(" ").filter((name) => figures[name]);
  const begun = new Map(names.map((name) => [name, structuredClone(figures[name].data[0])]));
  const asked = inputs.map((input) => input.defaultChecked);
  const black = 10;
  const open = 11;

  function judge(map, columns, on) {
    return map.at.map((_, row) => {
      const found = { margin: Infinity, which: -1, open: false };
      map.constraints.forEach((_, k) => {
        const margin = columns[map.margins + k][1][row];
        if (!on[k]) return;
        if (margin === null) found.open = true;
        else if (typeof margin === "number" && margin < found.margin) {
          found.margin = margin;
          found.which = k;
        }
      });
      return found;
    });
  }

  // Of each instant the row of the best mode; the first of those that are alike.
  function choose(map, rows) {
    const best = Array(map.instants).fill(-1);
    map.at.forEach((at, row) => {
      if (best[at] < 0 || rows[row].margin > rows[best[at]].margin) best[at] = row;
    });
    return best;
  }

  const code = (map, margin) => map.edges.filter((edge) => margin >= edge).length;

  // What is just beyond its limit is not shown as zero.
  function shown(margin) {
    const text = margin < 0 && margin > -0.005 ? "> -0.01" : margin.toFixed(2);
    return text.replace("-", "\u2212");
  }

  function words(text, map, found) {
    const lines = text.split("<br>");
    const ending = lines[lines.length - 1];
    const least =
      found.which < 0
        ? "nothing limits it"
        : `margin ${shown(found.margin)}, least of: ${safe(map.constraints[found.which][1])}`;
    const more = found.open ? ["not judged by all that is asked"] : [];
    return [lines[0], least, ...more, ending].join("<br>");
  }

  const safe = (text) =>
    text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  // The text of every row as it was drawn: of the worst instant of its column.
  function paint(name, off) {
    const first = begun.get(name);
    const { map, columns } = first.meta;
    const trace = figures[name].data[0];
    const on = map.constraints.map(([one]) => !off.has(one));
    const rows = judge(map, columns, on);
    const best = choose(map, rows);
    const z = first.z.map((line) => [...line]);
    const text = first.text.map((line) => [...line]);
    const put = (line, column, value, readout, isOpen) => {
      z[line][column] = value;
      text[line][column] = readout;
      z[line - 1][column] = isOpen ? open : null;
      text[line - 1][column] = isOpen ? readout : "";
    };
    const held = new Map();
    rows.forEach((found, row) => {
      const line = map.modes[map.mode[row]];
      const column = Math.floor(map.at[row] / map.pool);
      const cell = `${line} ${column}`;
      if (held.has(cell) && held.get(cell) <= found.margin) return;
      held.set(cell, found.margin);
      put(line, column, code(map, found.margin), words(first.text[line][column], map, found), found.open);
    });
    const least = best.map((row) => (row < 0 ? -Infinity : rows[row].margin));
    const shown = new Map();
    best.forEach((row, at) => {
      const column = Math.floor(at / map.pool);
      if (shown.has(column) && shown.get(column) <= least[at]) return;
      shown.set(column, least[at]);
      if (row < 0) return;
      const good = least[at] >= 0;
      const lead = good ? "best: " : "none survivable, nearest: ";
      const readout = words(first.text[map.modes[map.mode[row]]][column], map, rows[row]);
      put(map.best, column, good ? code(map, least[at]) : black, lead + readout, rows[row].open);
    });
    trace.z = z;
    trace.text = text;
    return { black: least.filter((margin) => !(margin >= 0)).length, instants: map.instants };
  }

  function change() {
    const on = inputs.map((input) => input.checked);
    const off = new Set(inputs.filter((input) => !input.checked).map((input) => input.name));
    inputs.forEach((input) => input.closest("li").classList.toggle("off", !input.checked));
    const found = names.map((name) => paint(name, off));
    const same = on.every((value, k) => value === asked[k]);
    if (found.length && !same) {
      count.textContent = `As switched: ${found[0].black} of ${found[0].instants} instants of a command black.`;
    } else count.textContent = told;
    names.forEach(redraw);
  }

  box.addEventListener("change", change);
  if (inputs.some((input, k) => input.checked !== asked[k])) change();
}
