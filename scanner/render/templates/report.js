"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const list = byId("change-list");
  const form = document.querySelector("form.filters");
  const rows = list ? [...list.children] : [];
  const fields = { text: "f-text", path: "f-path", label: "f-label", dim: "f-dim", sort: "f-sort" };
  const paths = [...document.querySelectorAll("#paths option")].map((one) => one.value.toLowerCase());
  const arms = { "arm-ai": ["ai"], "arm-mixed": ["mixed", "assisted"], "arm-other": ["human", "unmarked"] };

  const cache = new Map();
  function words(row) {
    if (!cache.has(row)) cache.set(row, row.textContent.toLowerCase());
    return cache.get(row);
  }

  const value = (name) => byId(fields[name]).value.trim();
  const count = (number) => number.toLocaleString("en");

  function update() {
    const text = value("text").toLowerCase();
    const path = value("path").toLowerCase();
    const label = value("label");
    const compared = label.startsWith("compared-");
    const labels = arms[label] || [compared ? label.slice(9) : label];
    const dimension = value("dim");
    const wanted = new Set(path ? paths.flatMap((one, place) => (one.includes(path) ? [`${place}`] : [])) : []);
    let shown = 0;
    for (const row of rows) {
      const fits = (!label || labels.includes(row.dataset.l)) && !(compared && "x" in row.dataset)
        && (!dimension || row.dataset.d.split(" ").includes(dimension))
        && (!path || row.dataset.f.split(" ").some((one) => wanted.has(one)))
        && (!text || words(row).includes(text));
      row.hidden = !fits;
      shown += fits;
    }
    byId("f-count").textContent = `${count(shown)} of ${count(rows.length)} shown`;
  }

  function order() {
    const key = value("sort")[0];
    rows.sort((a, b) => b.dataset[key] - a.dataset[key]);
    list.append(...rows);
  }

  // What is chosen stands in the fragment, so that it can be sent as a link.
  function remember() {
    const chosen = Object.keys(fields).filter((name) => value(name) && !(name === "sort" && value(name) === "points"));
    const words = chosen.map((name) => `${name}=${encodeURIComponent(value(name))}`).join("&");
    history.replaceState(null, "", words ? `#changes:${words}` : "#changes");
  }

  function choose(words) {
    const asked = new URLSearchParams(words);
    for (const [name, id] of Object.entries(fields)) byId(id).value = asked.get(name) || (name === "sort" ? "points" : "");
    order();
    update();
  }

  function open() {
    const [id, words] = location.hash.slice(1).split(/:(.*)/s);
    const target = id && byId(decodeURIComponent(id));
    if (!target) return;
    if (words && form) choose(words);
    if (target.hidden) choose("");
    const inner = target.matches("details") ? target : target.querySelector(":scope > details, :scope + .more details");
    if (inner) inner.open = true;
    target.scrollIntoView();
  }

  function figure(cell) {
    const text = cell.dataset.v || cell.textContent;
    const found = text.replace(/,/g, "").replace(/\u2212/g, "-").match(/^\s*[+-]?\d+(\.\d+)?/);
    return found && !/^\s*\d{4}-\d\d/.test(text) ? Number(found[0]) : null;
  }

  function sortBy(table, head, place) {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const known = [...body.rows].map((row) => [figure(row.cells[place]), row.cells[place].textContent.trim(), row]);
    const numeric = known.some(([number]) => number !== null);
    known.sort(([a, s], [b, t]) => {
      if (!numeric) return down ? t.localeCompare(s) : s.localeCompare(t);
      if (a === null || b === null) return (a === null) - (b === null);
      return down ? b - a : a - b;
    });
    body.append(...known.map(([, , row]) => row));
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sortBy(table, head, place));
    });
  }

  if (form && list) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { update(); remember(); });
    byId("f-sort").addEventListener("change", order);
    byId("f-clear").addEventListener("click", () => { choose(""); remember(); });
    byId("f-count").textContent = `${count(rows.length)} shown`;
    list.addEventListener("click", (event) => {
      const opened = event.target.closest("summary");
      if (opened && !opened.parentElement.open) history.replaceState(null, "", `#${opened.closest("li").id}`);
    });
  }
  addEventListener("hashchange", open);
  open();
})();
