/**
 * A change on the server, sent once however often it is asked for while it is on its way: the second of
 * two quick clicks comes before the button is drawn as disabled.
 */
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useRef } from 'react';

export function useSend<Output, Input = void>(options: UseMutationOptions<Output, Error, Input>): UseMutationResult<Output, Error, Input> {
  const sending = useRef<Promise<Output>>(undefined);
  const mutation = useMutation(options);
  function mutateAsync(...asked: Parameters<typeof mutation.mutateAsync>): Promise<Output> {
    sending.current ??= mutation.mutateAsync(...asked).finally(() => {
      sending.current = undefined;
    });
    return sending.current;
  }
  return {
    ...mutation,
    mutateAsync,
    // What went wrong is in the state of the mutation.
    mutate: (...asked) => void mutateAsync(...asked).catch(() => undefined),
  };
}
