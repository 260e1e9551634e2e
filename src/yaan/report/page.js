"use strict";
// Draws the figures one after the other, each with the layout that suits its width, and again when
// that width changes. Each picture gets a view box, so that paper scales it.
(function () {
  let figures = {};
  const root = document.documentElement;
  const tints = JSON.parse(document.getElementById("dark").textContent);
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

  // Figures come in the colours of light paper; what is not drawn but data is left as it is.
  const numbers = new Set(["x", "y", "z", "text", "hovertext", "customdata", "surfacecolor", "meta"]);
  function tinted(value) {
    if (typeof value === "string") {
      if (value.includes('style="color:')) return value.replace(/#[0-9a-f]{6}/gi, tinted);
      return tints[value] ?? value;
    }
    if (Array.isArray(value)) return value.map(tinted);
    if (value === null || typeof value !== "object") return value;
    const pairs = Object.entries(value);
    return Object.fromEntries(
      pairs.map(([key, item]) => {
        const data = key === "meta" || (numbers.has(key) && Array.isArray(item));
        return [key, data ? item : tinted(item)];
      }),
    );
  }
  const isDark = () => getComputedStyle(root).colorScheme === "dark";

  function draw(plot, width, dark = isDark()) {
    const figure = figures[plot.dataset.figure];
    const given = width < phone ? figure.narrow : figure.wide;
    const layout = dark ? tinted(given) : structuredClone(given);
    layout.width = width;
    if (!coarse && layout.xaxis) {
      // A finger scrolls the page; a mouse may zoom, a map as a whole.
      layout.dragmode = "zoom";
      layout.xaxis.fixedrange = false;
      if (layout.yaxis?.scaleanchor || layout.meta?.map) layout.yaxis.fixedrange = false;
    }
    if (layout.scene) {
      layout.scene.dragmode = coarse ? false : "turntable";
      layout.scene.camera = plot.dataset.drawn ? plot.layout.scene.camera : layout.scene.camera;
    }
    plot.style.height = `${layout.height}px`;
    const done = Plotly.react(plot, dark ? tinted(figure.data) : figure.data, layout, config);
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

  // Buttons below a figure, on its right.
  function tool(plot, words) {
    let tools = plot.parentElement.querySelector(".tools");
    if (!tools) {
      tools = document.createElement("div");
      tools.className = "tools";
      plot.after(tools);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    tools.prepend(button);
    return button;
  }

  function offer(plot) {
    const name = plot.dataset.figure;
    const figure = figures[name];
    if (!figure.data.some((trace) => trace.meta?.columns?.length)) return;
    const button = tool(plot, "Data (CSV)");
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      const stem = root.dataset.mission.replace(/[^\w.-]+/g, "-");
      link.href = URL.createObjectURL(new Blob([csvOf(figure)], { type: "text/csv" }));
      link.download = `${stem}-${name}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }

  // Seconds since the epoch as a clock and a date. A leap second within the flight is not counted.
  const epoch = Date.parse(root.dataset.epoch.replace(" UTC", "Z"));
  function clock(seconds) {
    const whole = Math.round(Math.abs(seconds));
    const parts = [whole / 3600, (whole / 60) % 60, whole % 60];
    const [h, m, s] = parts.map((part) => String(Math.floor(part)).padStart(2, "0"));
    const since = `T${seconds < 0 ? "\u2212" : "+"}${h}:${m}:${s}`;
    if (Number.isNaN(epoch)) return since;
    const date = new Date(epoch + 1000 * Math.round(seconds)).toISOString();
    return `${since}<br>${date.slice(0, 19).replace("T", " ")} UTC`;
  }

  // What a reader is shown who points at a path: instants, which come as seconds.
  function tellTime() {
    for (const trace of Object.values(figures).flatMap((figure) => figure.data)) {
      const [name, half] = trace.meta?.clock?.split(".") ?? [];
      if (!name) continue;
      const times = trace[name].map((item) => (half ? item?.[Number(half)] : item) ?? null);
      trace.text = times.map((seconds) => (seconds === null ? "" : clock(seconds)));
    }
  }

  // The globe turns by itself while it is seen, until a hand takes it; not for a reader who asked
  // the system for less motion, nor where that would be slow. A button stops and starts it.
  function turn(plot) {
    const button = tool(plot, "");
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
    const { data, wide } = figures[plot.dataset.figure];
    const { height } = wide;
    const picture = document.createElement("img");
    picture.className = "still";
    picture.alt = "";
    const size = { format: "png", width: paper, height, scale: 2 };
    picture.src = await Plotly.toImage({ data, layout: structuredClone(wide), config }, size);
    plot.after(picture);
    plot.classList.add("has-still");
  }

  // What draws and what is drawn come as gzip in base64, a third of their size.
  async function unpacked(id) {
    const text = document.getElementById(id).textContent;
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const { readable, writable } = new DecompressionStream("gzip");
    const writer = writable.getWriter();
    const fed = Promise.all([writer.write(bytes), writer.close()]);
    const reader = readable.getReader();
    const decoder = new TextDecoder();
    let found = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      found += decoder.decode(part.value, { stream: true });
    }
    await fed;
    return found + decoder.decode();
  }

  async function unpack() {
    if (!("DecompressionStream" in window)) {
      throw new Error(
        "this browser cannot unpack them; Chrome and Edge since 80, Safari since 16.4 and Firefox since 113 can",
      );
    }
    figures = JSON.parse(await unpacked("figures"));
    window.PlotlyConfig = { MathJaxConfig: "local" };
    const script = document.createElement("script");
    script.textContent = await unpacked("plotly");
    document.head.append(script);
    if (!window.Plotly) throw new Error("the script that draws them did not start");
    tellTime();
    plots.forEach(offer);
    listen();
  }

  // The tables stand without the figures; a reader is told why those are missing.
  function excuse(error) {
    const words = document.createElement("p");
    words.className = "outcome";
    words.id = "no-figures";
    words.textContent = `The figures are not drawn: ${error.message}. The tables hold the numbers.`;
    document.querySelector("main header").after(words);
    for (const plot of plots.splice(0)) plot.style.height = "auto";
    document.documentElement.dataset.drawn = "no";
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

  // What the reader switches on the page colours some of its figures anew.
  function listen() {
    if (typeof switches !== "function") return;
    switches(figures, (name) => {
      const plot = plots.find((one) => one.dataset.figure === name && one.dataset.drawn);
      if (plot) draw(plot, Number(plot.dataset.width));
    });
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
    plots.filter((plot) => !deep(plot)).forEach((plot) => draw(plot, paper, false));
  });
  window.addEventListener("afterprint", () => {
    plots.forEach((plot) => draw(plot, Math.floor(plot.clientWidth)));
  });

  window.addEventListener("scheme", async () => {
    for (const plot of plots.filter((plot) => plot.dataset.drawn)) {
      await draw(plot, Number(plot.dataset.width));
      await new Promise((next) => setTimeout(next));
    }
  });

  follow();
  // After the first paint, which unpacking would delay; a page that is not seen is never painted.
  const painted = new Promise((next) => {
    requestAnimationFrame(() => setTimeout(next));
    setTimeout(next, 300);
  });
  painted.then(unpack).then(drawAll, excuse);
})();
