// Sorting, searching and opening up the tables of services and accounts.
import { element } from "./elements.js";

const AT_FIRST = 25;
const FOUND_AT_MOST = 25;
const AT_ONCE = 25; // rows added in one go when all are asked for
const collator = new Intl.Collator("en");

export class Rows {
  /** `search` gives a record's searched text, `make` a row for a record that the page's text leaves out. */
  constructor(name, records, search, make) {
    this.name = name;
    this.records = records;
    this.searched = records.map((record) => search(record).toLowerCase());
    this.make = make;
    this.table = document.querySelector(`[data-table="${name}"]`);
    if (!this.table) return;
    this.body = this.table.tBodies[0];
    this.rows = [...this.body.rows];
    this.order = records.map((_, n) => n);
    this.words = [];
    this.all = false;
    this.found = document.querySelector(`[data-found="${name}"]`);
    for (const button of this.table.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => this.sort(button));
    }
    this.show();
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
    const value = (n) => this.records[n][key] ?? -Infinity;
    const compare = isText ? (a, b) => collator.compare(value(a), value(b)) : (a, b) => value(a) - value(b);
    this.order = this.records.map((_, n) => n).sort((a, b) => sign * compare(a, b));
    this.show();
  }

  /** Shows the rows in which every word of `text` occurs. */
  find(text) {
    if (!this.table) return;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.join(" ") === this.words.join(" ")) return;
    this.words = words;
    this.show();
  }

  show() {
    const searching = this.words.length > 0;
    const hits = this.order.filter((n) => this.words.every((word) => this.searched[n].includes(word)));
    const most = searching ? FOUND_AT_MOST : this.all ? AT_ONCE : AT_FIRST;
    this.table.toggleAttribute("data-all", searching || this.all);
    this.body.replaceChildren(...hits.slice(0, most).map((n) => this.row(n)));
    if (this.all && !searching) this.addRest(hits, AT_ONCE);
    this.say(searching, hits.length);
  }

  /** Adds the rows from `start` on in portions, so that the page stays responsive. */
  addRest(hits, start) {
    const turn = (this.turn = Symbol("turn"));
    const add = (from) => {
      if (turn !== this.turn || from >= hits.length) return;
      this.body.append(...hits.slice(from, from + AT_ONCE).map((n) => this.row(n)));
      setTimeout(add, 0, from + AT_ONCE);
    };
    setTimeout(add, 0, start);
  }

  row(n) {
    return (this.rows[n] ??= this.make(this.records[n]));
  }

  say(searching, hits) {
    const total = this.records.length;
    this.found.replaceChildren();
    if (searching) {
      const some = hits > FOUND_AT_MOST ? `, the first ${FOUND_AT_MOST} are shown` : "";
      this.found.textContent = `${hits} of ${total} ${this.name}${some}`;
    } else if (total > AT_FIRST && !this.all) {
      const more = element("button", { type: "button", textContent: `Show all ${total}` });
      more.addEventListener("click", () => {
        this.all = true;
        this.show();
      });
      this.found.append(`${AT_FIRST} of ${total} ${this.name}. `, more);
    }
  }
}
