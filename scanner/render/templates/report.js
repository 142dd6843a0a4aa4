"use strict";
(() => {
  const list = document.getElementById("change-list");
  const form = document.querySelector("form.filters");
  const rows = list ? [...list.children] : [];
  const byId = (id) => document.getElementById(id);

  const cache = new Map();
  function words(row) {
    if (!cache.has(row)) cache.set(row, row.textContent.toLowerCase());
    return cache.get(row);
  }

  function update() {
    const text = byId("f-text").value.trim().toLowerCase();
    const label = byId("f-label").value;
    const dimension = byId("f-dim").value;
    let shown = 0;
    for (const row of rows) {
      const fits = (!label || row.dataset.l === label)
        && (!dimension || row.dataset.d.split(" ").includes(dimension))
        && (!text || words(row).includes(text));
      row.hidden = !fits;
      shown += fits;
    }
    byId("f-count").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  }

  function sort() {
    const key = byId("f-sort").value[0];
    rows.sort((a, b) => b.dataset[key] - a.dataset[key]);
    list.append(...rows);
  }

  function open() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const inner = target.matches("details") ? target : target.querySelector(":scope > details, :scope + .more details");
    if (inner) inner.open = true;
    target.scrollIntoView();
  }

  if (form && list) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", update);
    byId("f-sort").addEventListener("change", sort);
    byId("f-count").textContent = `${rows.length.toLocaleString("en")} shown`;
  }
  addEventListener("hashchange", open);
  open();
})();
