/** The frame of an HTML page that stands alone: head, policy, style. */

import { escapeText } from "../svg/svg.ts";

/** In the head of each: by it a page of ours is known from somebody else's. */
export const GENERATOR = '<meta name="generator" content="peerlab">';

export interface HtmlDocument {
  readonly title: string;
  /** What the page may load (Content-Security-Policy). */
  readonly policy: string;
  readonly style: string;
  /** Markup. */
  readonly body: string;
}

export function htmlDocument({ title, policy, style, body }: HtmlDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${GENERATOR}
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
