/** Where each image of the archive goes, and how far it is. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import { problemOf } from '../../api/api-error.ts';
import { useLanguage } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { bytesText } from '../../parts/bytes.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { pushImage, type PushProgress } from './push-image.ts';
import type { ArchivedImage } from './read-archive.ts';
import { proposedTarget } from './proposed-target.ts';
import { useImportTexts } from './texts.ts';

type Props = { images: readonly ArchivedImage[]; namespace: string | undefined; hasAccounts: boolean };

export function ImageForm({ images, namespace, hasAccounts }: Props) {
  const texts = useImportTexts();
  return (
    <>
      <h2 className="mb-2">{texts.images(images.length)}</h2>
      <ul className="border-t border-line">
        {images.map((image, index) => (
          <li key={index} className="border-b border-line py-4">
            <OneImage image={image} namespace={namespace} hasAccounts={hasAccounts} />
          </li>
        ))}
      </ul>
    </>
  );
}

type State =
  | { readonly kind: 'asking' }
  | ({ readonly kind: 'sending' } & PushProgress)
  | { readonly kind: 'stopped'; readonly sentBytes: number; readonly error: unknown }
  | { readonly kind: 'done' };

function OneImage({ image, namespace, hasAccounts }: { image: ArchivedImage; namespace: string | undefined; hasAccounts: boolean }) {
  const texts = useImportTexts();
  const { texts: words, language } = useLanguage();
  const queries = useQueryClient();
  const [target, setTarget] = useState(() => proposedTarget(image.names[0], namespace));
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [wasTried, setWasTried] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const isSending = state.kind === 'sending';
  const isFixed = state.kind !== 'asking';
  const sent = state.kind === 'sending' || state.kind === 'stopped' ? state.sentBytes : 0;
  const problems = {
    repository: isRepositoryName(target.repository) ? undefined : texts.badName,
    tag: isTag(target.tag) ? undefined : texts.badTag,
  };

  async function send(): Promise<void> {
    setWasTried(true);
    if (problems.repository !== undefined || problems.tag !== undefined) return;
    const control = new AbortController();
    stop.current = control;
    let last: PushProgress = { sentBytes: sent, isWaiting: false };
    setState({ kind: 'sending', ...last });
    try {
      await pushImage(
        image,
        { ...target, hasAccounts },
        {
          onProgress(progress) {
            last = progress;
            setState({ kind: 'sending', ...progress });
          },
          signal: control.signal,
        },
      );
      setState({ kind: 'done' });
      for (const queryKey of [['repositories'], ['tags', target.repository], ['repository', target.repository]]) void queries.invalidateQueries({ queryKey });
    } catch (error) {
      setState({ kind: 'stopped', sentBytes: last.sentBytes, error: control.signal.aborted ? undefined : error });
    }
  }

  function whyStopped(error: unknown): string {
    if (error === undefined) return texts.stopped;
    const problem = problemOf(error);
    if (problem.kind === 'offline') return texts.broken;
    return problem.code === 'DEFECT' ? texts.changed : problemText(problem, words);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <p className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <span className="min-w-0 font-mono font-medium">
          <ForeignText>{image.names[0] ?? image.manifests.at(-1)?.digest.slice(0, 19) ?? ''}</ForeignText>
        </span>
        <span className="text-sm text-muted">
          {image.platforms.join(', ')} · {bytesText(image.sizeBytes, language)}
        </span>
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-48 grow">
          <FormField
            label={texts.repository}
            name="repository"
            value={target.repository}
            onChange={({ currentTarget }) => setTarget({ ...target, repository: currentTarget.value.trim() })}
            problem={wasTried ? problems.repository : undefined}
            disabled={isFixed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
        <div className="w-36">
          <FormField
            label={texts.tag}
            name="tag"
            value={target.tag}
            onChange={({ currentTarget }) => setTarget({ ...target, tag: currentTarget.value.trim() })}
            problem={wasTried ? problems.tag : undefined}
            disabled={isFixed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
        {state.kind !== 'done' && (
          <p className="pt-[29px]">
            {isSending ? (
              // Not the same element as the one below: the click that stops would send the form that it has become.
              <button key="stop" type="button" className="button" onClick={() => stop.current?.abort()}>
                {texts.stop}
              </button>
            ) : (
              <button key="send" type="submit" className="button button-main">
                {state.kind === 'stopped' ? texts.goOn : texts.upload}
              </button>
            )}
          </p>
        )}
      </div>
      {(isSending || state.kind === 'stopped') && (
        <p className="mt-3">
          <progress className="h-2 w-full accent-accent" max={image.sizeBytes} value={sent} aria-label={texts.progress(target.repository)} />
          <span className="text-sm text-muted tabular-nums">{texts.sent(bytesText(sent, language), bytesText(image.sizeBytes, language))}</span>
        </p>
      )}
      <p role="status" className="mt-1">
        {isSending && state.isWaiting && texts.waiting}
        {state.kind === 'done' && (
          <span className="text-good">
            <span className="font-mono">
              {target.repository}:{target.tag}
            </span>{' '}
            {texts.done}{' '}
            <RepositoryLink repository={target.repository} section={{ kind: 'tags' }} className="link underline underline-offset-3">
              {texts.show}
            </RepositoryLink>
          </span>
        )}
      </p>
      {state.kind === 'stopped' && (
        <p role="alert" className={state.error === undefined ? '' : 'text-bad'}>
          {whyStopped(state.error)}
        </p>
      )}
    </form>
  );
}
