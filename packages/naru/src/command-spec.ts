/** What the table of commands says of each: parsing, help, completion and the reference page are made from it. */
export type Flag = {
  /** Without the dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** May stand several times: every value counts. */
  readonly repeated?: true;
  /** What the value is called in help; without it the flag is a switch. */
  readonly value?: string;
  readonly description: string;
  readonly default?: string;
  readonly env?: string;
};

/** What the words of a command may be, for completion. */
export type Completable = 'image' | 'remote-image' | 'registry' | 'file' | 'container' | 'volume' | 'setting';

export type CommandSpec = {
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly details: readonly string[];
  readonly flags: readonly Flag[];
  /** What the words after the command are called; without it there may be none. */
  readonly words?: string;
  /** How many words it takes; any number when it names `words` and says nothing here. */
  readonly wordCount?: { readonly min: number; readonly max: number };
  /** From this word on everything is a word, also what looks like a flag: a command of somebody else's. */
  readonly endsFlags?: 1;
  /** What the words name; without it nothing is offered. */
  readonly completes?: Completable;
};

/** As a list, each with its name and the flags that all of them have. */
export function listCommands<Name extends string>(
  specs: Readonly<Record<Name, CommandSpec>>,
  sharedFlags: readonly Flag[] = [],
): readonly (CommandSpec & { readonly name: Name })[] {
  return Object.entries<CommandSpec>(specs).map(([name, spec]) => ({ ...spec, name: name as Name, flags: [...spec.flags, ...sharedFlags] })); // a key of `specs`
}
