/** A change on the server. What concerns it is asked for again, and what goes wrong is said in the reader's words. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { type Problem, problemOf } from '../api/api-error.ts';
import { useSend } from '../api/use-send.ts';
import { useTexts } from '../language/language.tsx';
import { problemText } from '../language/problem-text.ts';
import { type Toast, useToast } from './toasts.tsx';

type Options<Input, Output> = {
  /** Beginnings of the keys of what is not true any more. */
  readonly concerns?: readonly QueryKey[];
  /** What this action means by the server's codes, where that is more than the code says. */
  readonly words?: Readonly<Record<string, string>>;
  /** Said at the foot of the page when it is done. */
  readonly said?: (input: Input, output: Output) => Toast;
  readonly onDone?: (output: Output, input: Input) => void;
  /** For a button beside which there is no room for a problem. */
  readonly tellsProblems?: boolean;
};

export type Act<Input> = {
  run(input: Input): void;
  reset(): void;
  readonly isPending: boolean;
  /** In words for people. */
  readonly problem: string | undefined;
  readonly failure: Problem | undefined;
};

export function useAct<Input = void, Output = unknown>(act: (input: Input) => Promise<Output>, options: Options<Input, Output> = {}): Act<Input> {
  const { concerns = [], words = {}, said, onDone, tellsProblems = false } = options;
  const texts = useTexts();
  const queries = useQueryClient();
  const toast = useToast();
  const mutation = useSend({
    mutationFn: act,
    async onSuccess(output, input) {
      onDone?.(output, input);
      if (said) toast(said(input, output));
      await refresh();
    },
    onError(error) {
      // What is shown is not true any more.
      if (problemOf(error).kind === 'conflict') void refresh();
      if (tellsProblems) toast({ text: textOf(error), isBad: true });
    },
  });

  async function refresh(): Promise<void> {
    await Promise.all(concerns.map((queryKey) => queries.invalidateQueries({ queryKey })));
  }

  function textOf(error: unknown): string {
    const problem = problemOf(error);
    return words[problem.code] ?? problemText(problem, texts);
  }

  return {
    run: mutation.mutate,
    reset: mutation.reset,
    isPending: mutation.isPending,
    problem: mutation.error ? textOf(mutation.error) : undefined,
    failure: mutation.error ? problemOf(mutation.error) : undefined,
  };
}
