/** Several ranges of a file in one answer: the media type multipart/byteranges (RFC 9110, 14.6). */

import type { BodyPart, FileBody } from "../transport.ts";
import { formatContentRange, type ResolvedRange } from "../wire/http.ts";
import { encodeText } from "../wire/text.ts";

export interface Multipart {
  /** The Content-Type header's value. */
  readonly contentType: string;
  readonly contentLength: number;
  readonly content: readonly BodyPart[];
}

/** One part for each range, each with the file's own type. The boundary must not occur in the file. */
export function multipartRanges(
  file: FileBody,
  fileType: string,
  ranges: readonly ResolvedRange[],
  boundary: string,
): Multipart {
  const content: BodyPart[] = [];
  let contentLength = 0;
  const addText = (text: string): void => {
    const bytes = encodeText(text);
    contentLength += bytes.length;
    content.push(bytes);
  };
  let before = "";
  for (const range of ranges) {
    const contentRange = formatContentRange(range, file.sizeBytes);
    addText(`${before}--${boundary}\r\nContent-Type: ${fileType}\r\nContent-Range: ${contentRange}\r\n\r\n`);
    contentLength += range.last - range.first + 1;
    content.push({ file, ...range });
    before = "\r\n";
  }
  addText(`\r\n--${boundary}--\r\n`);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, contentLength, content };
}
