// Sorting, searching and opening up the tables of services and accounts.
import { element } from "./daily.js";

const AT_FIRST = 25;

export class Rows {
  /** `search` gives a record's searched text, `make` a row for a record that has none yet. */
  constructor(name, records, search, make) {
    this.name = name;
    this.records = records;
    this.search = search;
    this.table = document.querySelector(`[data-table="${name}"]`);
    if (!this.table) return;
    this.body = this.table.tBodies[0];
    this.rows = [...this.body.rows];
    for (let n = this.rows.length; n < records.length; n++) {
      const row = make(records[n]);
      row.dataset.row = n;
      this.rows.push(row);
    }
    this.body.append(...this.rows);
    this.found = document.querySelector(`[data-found="${name}"]`);
    for (const button of this.table.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => this.sort(button));
    }
    this.find("");
  }

  /** Sorts by a column; again, the other way round. Text starts with A, amounts with the largest. */
  sort(button) {
    const head = button.closest("th");
    const key = button.dataset.sort;
    const isText = this.records.some((record) => typeof record[key] === "string");
    const before = head.getAttribute("aria-sort");
    const direction = before ? (before === "ascending" ? "descending" : "ascending") : isText ? "ascending" : "descending";
    for (const each of this.table.querySelectorAll("[aria-sort]")) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const value = (row) => this.records[row.dataset.row][key] ?? -Infinity;
    const compare = isText ? (a, b) => value(a).localeCompare(value(b), "en") : (a, b) => value(a) - value(b);
    this.body.append(...[...this.rows].sort((a, b) => sign * compare(a, b)));
  }

  /** Shows the rows in which every word of `text` occurs, all of them; none asked for, the first 25. */
  find(text) {
    if (!this.table) return;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let matches = 0;
    for (const row of this.rows) {
      const record = this.records[row.dataset.row];
      const searched = this.search(record).toLowerCase();
      const hit = words.every((word) => searched.includes(word));
      row.hidden = !hit;
      row.toggleAttribute("data-match", Boolean(words.length) && hit);
      matches += hit;
    }
    this.say(words.length > 0, matches);
  }

  say(searching, matches) {
    const total = this.rows.length;
    this.found.replaceChildren();
    if (searching) {
      this.found.textContent = `${matches} of ${total} ${this.name}`;
    } else if (total > AT_FIRST && !this.table.hasAttribute("data-all")) {
      const more = element("button", { type: "button", textContent: `Show all ${total}` });
      more.addEventListener("click", () => {
        this.table.setAttribute("data-all", "");
        this.say(false, total);
      });
      this.found.append(`${AT_FIRST} of ${total} ${this.name}. `, more);
    }
  }
}
