"use strict";
// Draws the figures one after the other, each with the layout that suits its width, and again when
// that width changes. Each picture gets a view box, so that paper scales it.
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const plots = [...document.querySelectorAll(".plot")];
  const coarse = window.matchMedia("(pointer: coarse)").matches;
  const phone = 600; // px; below it the figure's layout for a phone is used
  const paper = 690; // px; A4 within its margins
  const config = {
    responsive: false,
    displaylogo: false,
    displayModeBar: coarse ? false : "hover",
    modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    toImageButtonOptions: { format: "svg" },
    scrollZoom: false,
    doubleClick: "reset",
    showTips: false,
  };

  function draw(plot, width) {
    const figure = figures[plot.dataset.figure];
    const layout = structuredClone(width < phone ? figure.narrow : figure.wide);
    layout.width = width;
    if (!coarse) {
      // A finger scrolls the page; a mouse may zoom.
      layout.dragmode = "zoom";
      layout.xaxis.fixedrange = false;
    }
    plot.style.height = `${layout.height}px`;
    const done = Plotly.react(plot, figure.data, layout, config);
    plot.dataset.width = width;
    plot.style.setProperty("--ratio", `${width} / ${layout.height}`);
    for (const picture of plot.querySelectorAll(".main-svg")) {
      picture.setAttribute("viewBox", `0 0 ${width} ${layout.height}`);
    }
    return done;
  }

  async function drawAll() {
    for (const plot of plots) {
      await draw(plot, Math.floor(plot.clientWidth));
      await new Promise((next) => setTimeout(next));
    }
    // Before the next paint, so that a turned phone never shows a figure of the wrong width.
    const watcher = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        const width = Math.floor(contentRect.width);
        if (width > 0 && width !== Number(target.dataset.width)) draw(target, width);
      }
    });
    plots.forEach((plot) => watcher.observe(plot));
    document.documentElement.dataset.drawn = "yes";
  }

  // The contents show where the reader is.
  function follow() {
    const links = new Map();
    for (const link of document.querySelectorAll(".side a")) links.set(link.hash.slice(1), link);
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          for (const link of links.values()) link.removeAttribute("aria-current");
          links.get(entry.target.id)?.setAttribute("aria-current", "true");
        }
      },
      { rootMargin: "-10% 0px -80% 0px" },
    );
    for (const part of document.querySelectorAll("main section")) watcher.observe(part);
  }

  // Paper shows what is folded away, and figures at its own width, so that their text stays large.
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("section details")) fold.open = true;
    plots.forEach((plot) => draw(plot, paper));
  });
  window.addEventListener("afterprint", () => {
    plots.forEach((plot) => draw(plot, Math.floor(plot.clientWidth)));
  });

  follow();
  drawAll();
})();
