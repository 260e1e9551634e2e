"use strict";
// The numbers of a figure as CSV, made of what is drawn. Each trace says in its `meta` which of its
// arrays are columns. Traces with the same columns stand below each other, those along the same
// first column share it, and others stand side by side, each as long as it is.
function csvOf(figure) {
  const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
  const words = (block) => block.map((column) => column.words);
  const blocks = [];
  for (const trace of figure.data) {
    const told = trace.meta;
    if (!told?.columns?.length) continue;
    const columns = told.columns.map(([heading, from]) => ({
      words: heading,
      values: valuesOf(trace, from),
    }));
    // A gap of a line is no row.
    const rows = columns[0].values.map((_, row) => row);
    const kept = rows.filter((row) => columns.some(({ values }) => known(values[row])));
    for (const column of columns) column.values = kept.map((row) => column.values[row]);
    if (told.series) {
      const name = told.name ?? trace.name ?? "";
      columns.unshift({ words: told.series, values: kept.map(() => name) });
    }
    const alike = blocks.find((block) => same(words(block), words(columns)));
    const along = blocks.find(
      ([first]) => first.words === columns[0].words && same(first.values, columns[0].values),
    );
    if (alike) alike.forEach((column, i) => column.values.push(...columns[i].values));
    else if (along) along.push(...columns.slice(1));
    else blocks.push(columns);
  }
  const all = blocks.flat();
  const length = Math.max(0, ...all.map(({ values }) => values.length));
  const lines = [all.map((column) => cell(column.words)).join(",")];
  for (let row = 0; row < length; row++) {
    lines.push(all.map(({ values }) => cell(values[row])).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;

  // An array of the trace by its name, one of its pairs' halves (`customdata.0`), or the values.
  function valuesOf(trace, from) {
    if (Array.isArray(from)) return [...from];
    const [name, half] = from.split(".");
    const values = trace[name] ?? [];
    if (half) return values.map((pair) => pair?.[Number(half)] ?? null);
    return values.map((value) => (typeof value === "string" ? plain(value) : value));
  }

  // What plotly shows as text is escaped for it.
  function plain(text) {
    return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  }

  function known(value) {
    return value !== null && value !== undefined;
  }

  function cell(value) {
    if (!known(value)) return "";
    if (typeof value === "number") return String(value);
    // A spreadsheet would run what begins like a formula.
    const text = /^[=+@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }
}
