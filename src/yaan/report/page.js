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
    if (!coarse && layout.xaxis) {
      // A finger scrolls the page; a mouse may zoom.
      layout.dragmode = "zoom";
      layout.xaxis.fixedrange = false;
    }
    if (layout.scene) {
      layout.scene.dragmode = coarse ? false : "turntable";
      layout.scene.camera = plot.dataset.drawn ? plot.layout.scene.camera : layout.scene.camera;
    }
    plot.style.height = `${layout.height}px`;
    const done = Plotly.react(plot, figure.data, layout, config);
    plot.dataset.drawn = "yes";
    plot.dataset.width = width;
    plot.style.setProperty("--ratio", `${width} / ${layout.height}`);
    for (const picture of plot.querySelectorAll(".main-svg")) {
      picture.setAttribute("viewBox", `0 0 ${width} ${layout.height}`);
    }
    return done;
  }

  // A figure in space needs WebGL; without it the page says so and shows the rest.
  const deep = (plot) => Boolean(figures[plot.dataset.figure].wide.scene);
  const space = document.createElement("canvas").getContext("webgl");
  function flatten() {
    if (space) return;
    for (const plot of plots.filter(deep)) {
      plot.textContent = "This figure needs WebGL, which this browser does not offer.";
      plot.style.height = "auto";
      plots.splice(plots.indexOf(plot), 1);
    }
  }

  // A processor that draws in place of a graphics card would be kept busy by a globe that turns.
  function slow() {
    const known = space.getExtension("WEBGL_debug_renderer_info");
    const name = space.getParameter(known ? known.UNMASKED_RENDERER_WEBGL : space.RENDERER);
    return /swiftshader|llvmpipe|software/i.test(name);
  }

  // The globe turns by itself while it is seen, until a hand takes it; not for a reader who asked
  // the system for less motion, nor where that would be slow. A button stops and starts it.
  function turn(plot) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "turn";
    plot.after(button);
    let going = !window.matchMedia("(prefers-reduced-motion: reduce)").matches && !slow();
    let seen = false;
    let busy = false;
    let last = 0;
    const say = () => {
      button.textContent = going ? "Stop turning" : "Turn";
    };
    async function step(now) {
      if (!going || !seen) return;
      if (!busy && now - last > 40) {
        const angle = last ? Math.min(now - last, 100) * 1.2e-4 : 0; // rad, 7 deg/s
        const { eye } = plot.layout.scene.camera;
        const x = eye.x * Math.cos(angle) - eye.y * Math.sin(angle);
        const y = eye.x * Math.sin(angle) + eye.y * Math.cos(angle);
        last = now;
        busy = true;
        await Plotly.relayout(plot, { "scene.camera.eye": { x, y, z: eye.z } });
        busy = false;
      }
      requestAnimationFrame(step);
    }
    const start = () => {
      last = 0;
      requestAnimationFrame(step);
    };
    button.addEventListener("click", () => {
      going = !going;
      say();
      if (going) start();
    });
    plot.addEventListener("pointerdown", () => {
      going = false;
      say();
    });
    new IntersectionObserver(([entry]) => {
      seen = entry.isIntersecting;
      if (seen && going) start();
    }).observe(plot);
    say();
  }

  // Paper gets a picture of what WebGL drew, since printers are sent an empty canvas.
  async function still(plot) {
    const height = figures[plot.dataset.figure].wide.height;
    const picture = document.createElement("img");
    picture.className = "still";
    picture.alt = "";
    picture.src = await Plotly.toImage(plot, { format: "png", width: paper, height, scale: 2 });
    plot.after(picture);
    plot.classList.add("has-still");
  }

  async function drawAll() {
    flatten();
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
    for (const plot of plots.filter(deep)) {
      await still(plot);
      turn(plot);
    }
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
    plots.filter((plot) => !deep(plot)).forEach((plot) => draw(plot, paper));
  });
  window.addEventListener("afterprint", () => {
    plots.forEach((plot) => draw(plot, Math.floor(plot.clientWidth)));
  });

  follow();
  drawAll();
})();
