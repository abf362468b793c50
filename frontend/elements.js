// Elements made with text only: names are never read as HTML.

export const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);

export function cell(tag, text, className, scope) {
  const made = element(tag, { className });
  if (scope) made.scope = scope;
  made.append(element("bdi", { className: tag === "th" ? "name" : "", textContent: text }));
  return made;
}
