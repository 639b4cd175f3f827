/** A conversation line by line: what is printed, what is asked, and what came instead of an answer. */

/** Where a conversation is held: a terminal, a pipe, or a test. */
export interface Screen {
  print(line: string): void;
  /** The next line, without what ends it; undefined when there is none any more (end of input, Ctrl-C). */
  ask(prompt: string): Promise<string | undefined>;
}

/** A line that was understood, or what is allowed instead. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** Asks until the answer makes sense; undefined at the end of input. */
export async function askUntil<T>(
  screen: Screen,
  prompt: string,
  read: (text: string) => Read<T>,
): Promise<T | undefined> {
  for (;;) {
    const text = await screen.ask(prompt);
    if (text === undefined) return undefined;
    const result = read(text);
    if (result.ok) return result.value;
    screen.print(result.error);
  }
}
