/** Making elements in few words. */

type Child = Node | string;

/** An element with attributes (absent ones left out) and children; texts are texts, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

export function button(label: string, title: string, onClick: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", title, "aria-label": title }, label);
  element.addEventListener("click", onClick);
  return element;
}

/** A choice with its label in front. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  onChange: (value: string) => void,
): { readonly root: HTMLLabelElement; readonly select: HTMLSelectElement } {
  const select = h("select", {}, ...options.map(([value, text]) => h("option", { value }, text)));
  select.addEventListener("change", () => onChange(select.value));
  return { root: h("label", {}, `${label} `, select), select };
}

export function panel(heading: string, className: string, ...children: readonly Child[]): HTMLElement {
  const id = `${className}-heading`;
  return h("section", { class: `panel ${className}`, "aria-labelledby": id }, h("h2", { id }, heading), ...children);
}
