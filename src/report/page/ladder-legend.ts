/**
 * The legend of a ladder diagram that scrolls: taken out of the picture and put where it stays in sight, together with
 * what the picture says it leaves out.
 */

/** Between the last moment and the picture's end. */
const FOOT_PX = 26;

/** Moves the legend from the picture's end to `place`, and cuts the picture below `bottomPx`, where its time ends. */
export function takeOutLegend(picture: HTMLElement, place: HTMLElement, bottomPx: number): void {
  const svg = picture.querySelector("svg");
  const legend = svg?.querySelector<SVGGElement>("g.legend") ?? null;
  if (svg === null || legend === null) {
    place.replaceChildren();
    return;
  }
  const remarks = [...svg.querySelectorAll<SVGTextElement>("text.remark")];
  const box = legend.getBBox();
  const width = svg.viewBox.baseVal.width;
  const own = document.createElementNS(svg.namespaceURI, "svg") as SVGSVGElement;
  // The picture's style is bound to its class.
  own.setAttribute("class", svg.getAttribute("class") ?? "");
  const height = Math.ceil(box.height) + 8;
  own.setAttribute("viewBox", `0 ${Math.floor(box.y) - 4} ${width} ${height}`);
  own.setAttribute("width", String(width));
  own.setAttribute("height", String(height));
  own.append(legend);
  const words = remarks.map((remark) => remark.textContent ?? "").join(" ");
  for (const remark of remarks) remark.remove();
  const said = document.createElement("p");
  said.textContent = words;
  place.replaceChildren(own, ...(words === "" ? [] : [said]));
  svg.setAttribute("viewBox", `0 0 ${width} ${bottomPx + FOOT_PX}`);
  svg.setAttribute("height", String(bottomPx + FOOT_PX));
}
