// Starts the page's code after the first paint, so that text and figures never wait for it.
const start = () => {
  const script = document.createElement("script");
  script.textContent = document.getElementById("code").textContent;
  document.body.append(script);
};
requestAnimationFrame(() => setTimeout(start));
