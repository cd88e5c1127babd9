/** One mistake in the configuration, for the person who made it. */
export type Problem = {
  /** The setting as the file spells it, or the unknown word itself. */
  readonly key: string;
  /** `naru.yaml:12`, `NARU_PORT`, `--port`, or nothing when it concerns no single place. */
  readonly source: string;
  readonly message: string;
};

export function problemLine({ key, source, message }: Problem): string {
  const at = source === '' ? '' : ` (from ${source})`;
  return key === '' ? `${message}${at}` : `${key}: ${message}${at}`;
}

export function unknownProblem(key: string, source: string, kind: string, suggestion: string | undefined): Problem {
  return { key, source, message: suggestion === undefined ? `unknown ${kind}` : `unknown ${kind}; did you mean ${suggestion}?` };
}
