// Starts the page's code after the first paint, so that text and figures never wait for it.
let started = false;

function start() {
  if (started) return;
  started = true;
  const script = document.createElement("script");
  script.textContent = document.getElementById("code").textContent;
  document.body.append(script);
}

if (PerformanceObserver.supportedEntryTypes?.includes("paint")) {
  new PerformanceObserver(start).observe({ type: "paint", buffered: true });
}
setTimeout(start, 2000); // whoever reports no paint waits no longer than this
