import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { useSend } from '../../api/use-send.ts';
import { useLanguage } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { repositoryPath } from '../../repository-address.ts';
import { textOf } from '../account/account-form.tsx';

/** Another name, or another namespace: then it belongs to others, who may not give it back. So the old name is typed first. */
export function Rename({ repository }: { repository: string }) {
  const { texts, language } = useLanguage();
  const { settings } = texts;
  const [to, setTo] = useState<string>();
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const toast = useToast();
  const rename = useSend({
    mutationFn: (name: string) => call('POST /repositories/{repository}/-/rename', { params: { repository }, body: { to: name } }),
    async onSuccess({ name, aliasUntil }) {
      setTo(undefined);
      await navigate({ to: '/r/$', params: { _splat: repositoryPath(name, { kind: 'settings' }) } });
      void queries.invalidateQueries({ queryKey: ['repositories'] });
      toast({ text: settings.renamed(new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(aliasUntil)) });
    },
  });
  const close = () => {
    setTo(undefined);
    setTyped('');
    rename.reset();
  };
  return (
    <section aria-labelledby="rename" className="border-t border-line pt-6">
      <h2 id="rename">{settings.rename}</h2>
      <p className="mt-1 mb-3 text-muted">{settings.renameHint}</p>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          setTo(textOf(new FormData(event.currentTarget), 'to').trim());
        }}
      >
        <div className="min-w-64 grow">
          <FormField label={settings.newName} name="to" defaultValue={repository} required autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </div>
        <button type="submit" className="button button-danger">
          {settings.renameButton}
        </button>
      </form>
      <Dialog title={settings.renameTitle(repository, to ?? '')} isOpen={to !== undefined} onClose={close}>
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === repository && to !== undefined) rename.mutate(to);
          }}
        >
          <FormField
            label={settings.typeName(repository)}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            problem={rename.error ? problemText(problemOf(rename.error), texts) : undefined}
            autoComplete="off"
            autoFocus
          />
          <p className="flex justify-end gap-2">
            <button type="button" className="button" onClick={close}>
              {settings.cancel}
            </button>
            <button type="submit" className="button button-danger" disabled={typed !== repository || rename.isPending}>
              {settings.renameButton}
            </button>
          </p>
        </form>
      </Dialog>
    </section>
  );
}
