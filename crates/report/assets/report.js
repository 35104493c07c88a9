// The page's own script: reads the findings, filters, sorts and shows them a part at a time.
// Values reach the page through textContent only; the page's policy refuses anything else.
"use strict";
(() => {
  // In the order of `words::STATUSES` and `words::SEVERITIES`.
  const STATUSES = [["fail", "Fail"], ["manual", "Manual"], ["not_assessed", "Not assessed"], ["pass", "Pass"]];
  const SEVERITIES = [["critical", "Critical"], ["high", "High"], ["medium", "Medium"], ["low", "Low"], ["informational", "Informational"]];
  const CHUNK = 100;
  const ON_PAPER = 500;

  const byId = (id) => document.getElementById(id);
  const shared = JSON.parse(byId("shared").textContent);
  const rows = JSON.parse(byId("data").textContent).map(asFinding);
  byId("data").remove();

  const search = byId("search");
  const service = byId("service");
  const subscription = byId("subscription");
  const body = byId("rows");
  const more = byId("more");
  let sort = { key: "severity", down: true };
  let matching = [];
  let shown = 0;

  /// A finding from its row; see `data.rs` for the order.
  function asFinding(row, place) {
    const known = typeof row[0] === "number" ? shared.checks[row[0]] : null;
    return {
      place, check: known || { id: row[0], title: row[0], categories: [], risk: "", text: "", az: null, references: [] },
      status: row[1], severity: row[2], service: row[3], id: row[4], name: row[5], type: row[6],
      subscription: row[7] || "", region: row[8], message: row[9], evidence: row[10], reason: row[11],
      permission: row[12], text: row[13], az: row[14], words: null,
    };
  }

  function subscriptionName(id) {
    return id ? shared.subscriptions[id.toLowerCase()] || id : "Tenant";
  }

  /// What the search looks through, made once it is needed.
  function wordsOf(finding) {
    if (finding.words === null) {
      finding.words = [finding.check.id, finding.check.title, finding.name, finding.id, finding.type, finding.message,
        finding.region, finding.permission, finding.check.categories.join(" "), subscriptionName(finding.subscription),
        JSON.stringify(finding.evidence)].join("\n").toLowerCase();
    }
    return finding.words;
  }

  function element(name, properties, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key.startsWith("data-") || key.startsWith("aria-") || key === "colspan" || key === "role") made.setAttribute(key, value);
      else made[key] = value;
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  const isolated = (text) => element("bdi", { textContent: text });

  // ---- filters ---------------------------------------------------------------------------------

  function count(key) {
    const counts = new Map();
    for (const finding of rows) counts.set(finding[key], (counts.get(finding[key]) || 0) + 1);
    return counts;
  }

  function fillChips(fieldset, names, key, unchecked) {
    const counts = count(key);
    names.forEach(([value, label], place) => {
      const box = element("input", { type: "checkbox", name: key, value: String(place), defaultChecked: place !== unchecked });
      const number = element("span", { className: "chip-count", textContent: (counts.get(place) || 0).toLocaleString("en") });
      fieldset.append(element("label", { className: "chip", ["data-" + key]: value }, box, element("span", { textContent: label }), number));
    });
  }

  function fillSelect(select, key, label) {
    const counts = [...count(key)].map(([value, number]) => [value, label(value), number]);
    counts.sort((a, b) => a[1].localeCompare(b[1]));
    for (const [value, name, number] of counts) {
      select.append(element("option", { value: value || "-", textContent: `${name} (${number.toLocaleString("en")})` }));
    }
  }

  function checkedPlaces(name) {
    return new Set([...document.querySelectorAll(`input[name=${name}]:checked`)].map((box) => Number(box.value)));
  }

  // ---- sorting ---------------------------------------------------------------------------------

  const ORDERS = {
    severity: (a, b) => b.severity - a.severity || b.status - a.status,
    status: (a, b) => a.status - b.status || a.severity - b.severity,
    check: (a, b) => a.check.title.localeCompare(b.check.title),
    resource: (a, b) => a.name.localeCompare(b.name),
    service: (a, b) => a.service.localeCompare(b.service),
    subscription: (a, b) => subscriptionName(a.subscription).localeCompare(subscriptionName(b.subscription)),
  };

  function update() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = checkedPlaces("status");
    const severities = checkedPlaces("severity");
    matching = rows.filter((finding) =>
      statuses.has(finding.status) && severities.has(finding.severity) &&
      (!service.value || finding.service === service.value) &&
      (!subscription.value || (finding.subscription || "-") === subscription.value) &&
      words.every((word) => wordsOf(finding).includes(word)));
    const order = ORDERS[sort.key];
    matching.sort((a, b) => (sort.down ? -order(a, b) : order(a, b)) || a.place - b.place);
    byId("shown").textContent = `${matching.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    byId("none").hidden = matching.length > 0;
    body.replaceChildren();
    shown = 0;
    showMore();
  }

  // ---- rows ------------------------------------------------------------------------------------

  function showMore() {
    const part = document.createDocumentFragment();
    for (const finding of matching.slice(shown, shown + CHUNK)) part.append(rowOf(finding));
    shown = Math.min(shown + CHUNK, matching.length);
    body.append(part);
    const left = matching.length - shown;
    more.hidden = left === 0;
    more.textContent = `Show more (${left.toLocaleString("en")} left)`;
  }

  function rowOf(finding) {
    const [severity, severityLabel] = SEVERITIES[finding.severity];
    const [status, statusLabel] = STATUSES[finding.status];
    const title = element("button", { type: "button", className: "open", "aria-expanded": "false" },
      element("span", { className: "title", textContent: finding.check.title }));
    const row = element("tr", { className: "row" },
      element("td", { "data-cell": "severity" }, element("span", { className: "severity", "data-severity": severity, textContent: severityLabel })),
      element("td", { "data-cell": "status" }, element("span", { className: "status", "data-status": status, textContent: statusLabel })),
      element("td", { "data-cell": "finding" }, title, element("span", { className: "message" }, isolated(finding.message))),
      element("td", { "data-cell": "resource" }, isolated(finding.name)),
      element("td", { "data-cell": "service", textContent: finding.service }),
      element("td", { "data-cell": "subscription" }, isolated(subscriptionName(finding.subscription))));
    row.finding = finding;
    return row;
  }

  function setOpen(row, open) {
    const button = row.querySelector(".open");
    if ((button.getAttribute("aria-expanded") === "true") === open) return;
    button.setAttribute("aria-expanded", String(open));
    row.classList.toggle("is-open", open);
    if (open) row.after(detailOf(row.finding));
    else row.nextElementSibling.remove();
  }

  function detailOf(finding) {
    const left = element("div", {}, section("Resource", resourceFacts(finding)), evidenceOf(finding));
    const right = element("div", {}, riskOf(finding), ...fixOf(finding), referencesOf(finding));
    return element("tr", { className: "detail" }, element("td", { colspan: "6" }, element("div", { className: "columns" }, left, right)));
  }

  function section(title, ...content) {
    return element("section", {}, element("h3", { textContent: title }), ...content);
  }

  function resourceFacts(finding) {
    const list = element("dl", {});
    const fact = (name, value, code) => {
      if (value) list.append(element("div", {}, element("dt", { textContent: name }), element("dd", {}, code ? element("code", {}, isolated(value)) : isolated(value))));
    };
    fact("Id", finding.id, true);
    fact("Type", finding.type, true);
    fact("Region", finding.region);
    fact("Subscription", finding.subscription && subscriptionName(finding.subscription));
    fact("Check", finding.check.id, true);
    fact("Categories", finding.check.categories.join(", "));
    fact("Not assessed because", finding.reason && finding.reason.replaceAll("_", " "));
    fact("Permission needed", finding.permission, true);
    return list;
  }

  function evidenceOf(finding) {
    const entries = Object.entries(finding.evidence);
    if (entries.length === 0) return null;
    const list = element("dl", { className: "evidence" });
    for (const [path, value] of entries) {
      list.append(element("div", {}, element("dt", {}, element("code", {}, isolated(path))),
        element("dd", {}, element("code", {}, isolated(JSON.stringify(value, null, 1))))));
    }
    return section("Evidence", list);
  }

  function riskOf(finding) {
    return finding.check.risk ? section("Risk", element("p", { textContent: finding.check.risk })) : null;
  }

  function fixOf(finding) {
    const text = finding.text || finding.check.text;
    const az = finding.text === null ? finding.check.az : finding.az;
    if (!text && !az) return [];
    const parts = text ? [element("p", { className: "prose", textContent: text })] : [];
    if (az) parts.push(commandOf(az));
    return [section("Remediation", ...parts)];
  }

  function commandOf(az) {
    const code = element("pre", {}, element("code", { textContent: az }));
    const copy = element("button", { type: "button", className: "plain copy", textContent: "Copy", "aria-label": "Copy the command" });
    copy.addEventListener("click", async () => {
      copy.textContent = (await copied(az, code)) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
    });
    return element("div", { className: "command" }, code, copy);
  }

  /// Whether the text is on the clipboard; if not, it is selected for the reader to copy.
  async function copied(text, shownIn) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(shownIn);
      return false;
    }
  }

  function referencesOf(finding) {
    const links = finding.check.references.filter((address) => address.startsWith("https://"));
    if (links.length === 0) return null;
    const list = element("ul", {});
    for (const address of links) {
      list.append(element("li", {}, element("a", { href: address, rel: "noopener noreferrer", target: "_blank", textContent: address.slice(8) })));
    }
    return section("References", list);
  }

  // ---- paper -----------------------------------------------------------------------------------

  let screenRows = null;

  function toPaper() {
    if (screenRows) return;
    screenRows = [...body.children];
    const printed = matching.slice(0, ON_PAPER);
    body.replaceChildren(...printed.flatMap((finding) => {
      const row = rowOf(finding);
      row.classList.add("is-open");
      return [row, detailOf(finding)];
    }));
    byId("paper").textContent = printed.length < matching.length
      ? `The first ${printed.length} of ${matching.length.toLocaleString("en")} findings are printed. Filter the page to print others.` : "";
  }

  function toScreen() {
    if (!screenRows) return;
    body.replaceChildren(...screenRows);
    screenRows = null;
    byId("paper").textContent = "";
  }

  // ---- start -----------------------------------------------------------------------------------

  const onlyPasses = rows.every((finding) => finding.status === 3);
  fillChips(byId("statuses"), STATUSES, "status", onlyPasses ? -1 : 3);
  fillChips(byId("severities"), SEVERITIES, "severity", -1);
  fillSelect(service, "service", (name) => name);
  fillSelect(subscription, "subscription", subscriptionName);

  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 120); });
  const controls = byId("controls");
  controls.addEventListener("change", update);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(update));
  byId("clear").addEventListener("click", () => {
    controls.reset();
    for (const box of controls.querySelectorAll("input[type=checkbox]")) box.checked = true;
    setTimeout(update);
  });
  more.addEventListener("click", () => {
    const next = shown;
    showMore();
    body.querySelectorAll(".open")[next]?.focus({ preventScroll: true });
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr.row");
    // A press on the button always counts; one elsewhere in the row may be the end of selecting text.
    if (row && (event.target.closest(".open") || getSelection().isCollapsed)) setOpen(row, row.querySelector(".open").getAttribute("aria-expanded") !== "true");
  });
  document.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
    const key = button.dataset.sort;
    sort = { key, down: sort.key === key ? !sort.down : key === "severity" };
    document.querySelectorAll("th[aria-sort]").forEach((head) => head.removeAttribute("aria-sort"));
    button.closest("th").setAttribute("aria-sort", sort.down ? "descending" : "ascending");
    update();
  }));
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", toScreen);
  new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting) && !more.hidden) showMore();
  }, { rootMargin: "600px" }).observe(more);

  controls.hidden = rows.length === 0;
  byId("list").hidden = rows.length === 0;
  update();
  if (rows.length === 0) byId("shown").textContent = "No findings";
})();
