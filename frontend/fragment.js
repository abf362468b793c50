// What is shown lives in the URL fragment, so that a link can point at it: #by=account&days=90

export const DEFAULTS = {
  by: "service", // what the daily chart is divided by
  credits: "before",
  cost: "billed",
  days: "30",
  account: "", // only this account
  only: "", // only this series of the daily chart
  finding: "", // the course of this finding, by its place in the list
  services: "", // what the services are searched for
  accounts: "",
  labels: "",
};

/** The state that the fragment asks for. A fragment without "=" is a place on the page. */
export function read() {
  const given = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const state = { ...DEFAULTS };
  for (const name of Object.keys(state)) if (given.has(name)) state[name] = given.get(name);
  return state;
}

export function write(state) {
  const changed = Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]);
  const fragment = new URLSearchParams(changed).toString();
  if (fragment === location.hash.slice(1)) return;
  if (!fragment && !location.hash.includes("=")) return;
  history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
}
