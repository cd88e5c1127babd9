import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { useToast } from '../../parts/toasts.tsx';
import { ConfirmByName } from './confirm-by-name.tsx';

/** With all its images. What the server refuses (it runs somewhere, a tag is immutable) stands in the dialog. */
export function DeleteRepository({ repository }: { repository: string }) {
  const texts = useTexts();
  const { settings } = texts;
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const toast = useToast();
  const remove = useMutation({
    mutationFn: () => call('DELETE /repositories/{repository}', { params: { repository } }),
    async onSuccess() {
      await navigate({ to: '/mine' });
      // What the page of the deleted one had asked for is not asked for again.
      queries.removeQueries({ queryKey: ['repository', repository] });
      void queries.invalidateQueries({ queryKey: ['repositories'] });
      toast({ text: settings.deleted(repository) });
    },
  });
  return (
    <section aria-labelledby="delete" className="border-t border-line pt-6">
      <h2 id="delete">{settings.deleteRepository}</h2>
      <p className="mt-1 mb-3 text-muted">{settings.deleteHint}</p>
      <button type="button" className="button button-danger" onClick={() => setOpen(true)}>
        {settings.deleteButton}
      </button>
      <ConfirmByName
        repository={repository}
        title={settings.deleteTitle(repository)}
        button={settings.deleteButton}
        isOpen={isOpen}
        isBusy={remove.isPending}
        problem={remove.error ? problemText(problemOf(remove.error), texts) : undefined}
        onConfirm={() => remove.mutate()}
        onClose={() => {
          setOpen(false);
          remove.reset();
        }}
      />
    </section>
  );
}
