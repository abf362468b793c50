// Which of the report's stacks answers what is asked for, and what to say when none does.

/** The stack for a state, and a state in which impossible choices are replaced by possible ones. */
export function choose(view, asked) {
  const daily = view.Daily;
  const state = { ...asked };
  if (!view.Findings?.[Number(state.finding) - 1]?.Course) state.finding = "";
  const inAccount = daily.Scopes.some((scope) => scope.SubAccountId === state.account);
  if (!inAccount) state.account = "";
  if (state.account) Object.assign(state, { by: "service", cost: "billed", credits: "before" });
  if (state.by === "account") state.credits = "before";
  const fits = (stack) =>
    stack.By === state.by &&
    stack.Cost === state.cost &&
    stack.Credits === state.credits &&
    stack.SubAccountId === state.account;
  let stack = daily.Stacks.find(fits);
  if (!stack) {
    Object.assign(state, { by: "service", cost: "billed", credits: "before", account: "" });
    stack = daily.Stacks[0];
  }
  if (state.days !== "90") state.days = "30";
  if (!stack.Series.some((series) => keyOf(series) === state.only)) state.only = "";
  return { stack, state };
}

/** What a series is called in the fragment: an account's number, or the name itself. */
export const keyOf = (series) => (series.Rest ? "(others)" : series.Id || series.Name);

/** Choices that the data cannot answer beside the others, by control and value. */
export function impossible(state) {
  const unavailable = [];
  if (state.account) unavailable.push("by=account", "by=category", "cost=effective", "credits=after");
  else if (state.by === "account") unavailable.push("credits=after");
  return unavailable;
}
