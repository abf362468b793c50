// The colours of the style sheet, resolved for the canvas in whichever theme is on.
const probe = document.createElement("i");
probe.hidden = true;
document.body.append(probe);

export function colours() {
  const of = (variable) => {
    probe.style.color = `var(--${variable})`;
    return getComputedStyle(probe).color;
  };
  const series = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"].map(of);
  return { paper: of("paper"), raised: of("raised"), ink: of("ink"), soft: of("soft"), line: of("line"), up: of("up"), series };
}

const patterns = new Map();

/** Stripes of the colour on paper: a day that still grows. */
export function hatched(colour, paper) {
  const key = `${colour} ${paper}`;
  if (!patterns.has(key)) patterns.set(key, stripes(colour, paper));
  return patterns.get(key);
}

function stripes(colour, paper) {
  const size = 6;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.fillStyle = paper;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}
