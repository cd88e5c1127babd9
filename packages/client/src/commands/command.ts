/**
 * What every command of the client is given and gives back. A command prints its result to standard
 * output, everything else to standard error, and answers with the exit code.
 */
import type { ClientTexts } from '../language/client-texts.ts';
import type { RemoteClock } from '../remote/clock.ts';

export type ClientCommandLine = {
  /** As the table has it. */
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
  /** Of flags that may stand several times. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly words?: readonly string[];
};

/** The terminal, or what stands in for it. */
export interface Terminal {
  out(text: string): Promise<void>;
  /** One line or more, with their line ends. */
  err(text: string): Promise<void>;
  /** How wide the screen is that `out` goes to, now; undefined when that is a file or a pipe. */
  columns(): number | undefined;
  /** Can questions be asked? */
  isInteractive(): boolean;
  /** One line; with `hidden` nothing shows while it is typed. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string>;
  /** Everything that was piped in, up to a bound. */
  readAllInput(maxBytes: number): Promise<string>;
  /** Undefined where standard output is none. */
  size(): TerminalSize | undefined;
  onResize(listener: (size: TerminalSize) => void): Disposable;
  /** Until it is disposed of, every key is handed on as it is, Ctrl-C too. */
  passKeys(): Disposable;
}

export type TerminalSize = { readonly columns: number; readonly rows: number };

/** Standard input, output and errors as bytes. */
export interface ByteStreams {
  input(): AsyncIterable<Uint8Array>;
  /** Resolves when more may come. */
  output(chunk: Uint8Array): Promise<void>;
  errors(chunk: Uint8Array): Promise<void>;
  isInputTerminal(): boolean;
  isOutputTerminal(): boolean;
}

export type CommandContext = {
  readonly terminal: Terminal;
  readonly streams: ByteStreams;
  readonly clock: RemoteClock;
  /** In the language of whoever sits at the terminal. */
  readonly texts: ClientTexts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly version: string;
  /** Of this process: a part of temporary files' names. */
  readonly processId: number;
  readonly signal?: AbortSignal;
  /** While it listens the signals that end a program do not end this one. */
  onSignal(listener: (name: string) => void): Disposable;
};

export type ClientCommand = (line: ClientCommandLine, context: CommandContext) => Promise<number>;
