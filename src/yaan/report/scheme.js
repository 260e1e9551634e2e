"use strict";
// Light or dark: what the reader chose on this machine, or else what the system asks for. It stands
// in the head, so that no page is shown in the wrong one first. Where nothing can be kept, the
// button still switches.
(function () {
  const key = "yaan-scheme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const asked = () => (system.matches ? "dark" : "light");
  const shown = () => root.dataset.scheme ?? asked();

  function kept() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function keep(scheme) {
    try {
      if (scheme === asked()) localStorage.removeItem(key);
      else localStorage.setItem(key, scheme);
    } catch {
      // A file's page may have no storage.
    }
  }

  if (kept() === "dark" || kept() === "light") root.dataset.scheme = kept();
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".scheme");
    const tell = () => {
      const other = shown() === "dark" ? "light" : "dark";
      button.textContent = other === "dark" ? "Dark" : "Light";
      button.setAttribute("aria-label", `Show the page in ${other} colours`);
      window.dispatchEvent(new Event("scheme"));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      const other = shown() === "dark" ? "light" : "dark";
      keep(other);
      if (other === asked()) delete root.dataset.scheme;
      else root.dataset.scheme = other;
      tell();
    });
    system.addEventListener("change", tell);
    tell();
  });
})();
