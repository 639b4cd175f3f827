/**
 * The colours of all pictures: the palette of Okabe and Ito (2008), which people with any of the common colour vision
 * deficiencies can tell apart. No colour stands alone: every mark has a shape or a dash of its own as well.
 */

export const COLOR = {
  ink: "#1a1a1a",
  muted: "#5c6670",
  faint: "#c9d0d6",
  wash: "#f3f5f7",
  data: "#0072b2",
  ack: "#00795a",
  stream: "#4a5560",
  lost: "#c4400a",
  timer: "#e69f00",
  copy: "#a8437e",
  sample: "#00795a",
  estimate: "#0072b2",
  deviation: "#56b4e9",
  interval: "#c4400a",
} as const;
