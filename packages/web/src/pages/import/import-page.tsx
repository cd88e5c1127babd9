/** Pushes images out of an archive that is dropped on the page, without docker. */
import { useQuery } from '@tanstack/react-query';
import { type DragEvent, useId, useState } from 'react';
import { selfQuery, serverQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, ErrorState, SignInLink, Skeleton } from '../../parts/states.tsx';
import { ImageForm } from './image-form.tsx';
import { type ArchivedImage, readArchive } from './read-archive.ts';
import { ArchiveProblem } from './tar-index.ts';
import { useImportTexts } from './texts.ts';

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'bad'; readonly name: string; readonly error: unknown }
  | { readonly kind: 'read'; readonly name: string; readonly images: readonly ArchivedImage[] };

export function ImportPage() {
  const texts = useImportTexts();
  const { create } = useTexts();
  usePageTitle(texts.title);
  const server = useQuery(serverQuery);
  const self = useQuery(selfQuery);
  const [state, setState] = useState<State>({ kind: 'empty' });

  async function read(file: File): Promise<void> {
    const { name } = file;
    setState({ kind: 'reading', name });
    await readArchive(file).then(
      (images) => setState({ kind: 'read', name, images }),
      (error: unknown) => setState({ kind: 'bad', name, error }),
    );
  }

  if (server.isError) return <ErrorState isPage error={server.error} retry={() => void server.refetch()} />;
  if (self.isError) return <ErrorState isPage error={self.error} retry={() => void self.refetch()} />;
  if (server.data === undefined || self.data === undefined) return <Skeleton />;
  if (server.data.accounts && self.data.kind === 'anonymous') {
    return (
      <EmptyState isPage title={create.signIn}>
        <SignInLink />
      </EmptyState>
    );
  }
  return (
    <div className="mx-auto max-w-3xl">
      <h1>{texts.title}</h1>
      <p className="mt-1 mb-6 text-muted">{texts.lead}</p>
      {state.kind === 'read' ? (
        <>
          <p className="mb-4 flex flex-wrap items-center gap-3">
            <span className="min-w-0 font-mono">
              <ForeignText>{state.name}</ForeignText>
            </span>
            <button type="button" className="button" onClick={() => setState({ kind: 'empty' })}>
              {texts.other}
            </button>
          </p>
          <ImageForm images={state.images} namespace={self.data.user?.name} hasAccounts={server.data.accounts} />
        </>
      ) : (
        <DropZone isBusy={state.kind === 'reading'} onFile={(file) => void read(file)} />
      )}
      {state.kind === 'bad' && (
        <div role="alert" className="mt-4 rounded-md bg-bad-soft px-3 py-2 text-bad">
          <p className="font-mono">
            <ForeignText>{state.name}</ForeignText>
          </p>
          <p>
            <Fault error={state.error} />
          </p>
        </div>
      )}
    </div>
  );
}

function DropZone({ isBusy, onFile }: { isBusy: boolean; onFile: (file: File) => void }) {
  const texts = useImportTexts();
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  function drop(event: DragEvent): void {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined && !isBusy) onFile(file);
  }
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={`rounded-md border-2 border-dashed px-4 py-14 text-center ${isOver ? 'border-accent bg-accent-soft' : 'border-strong-line'}`}
    >
      {isBusy ? (
        <p role="status">{texts.reading}</p>
      ) : (
        <>
          <p className="mb-3 text-base font-semibold">{texts.drop}</p>
          <label htmlFor={id} className="button button-main cursor-pointer focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
            {texts.choose}
            <input
              id={id}
              type="file"
              accept=".tar,application/x-tar"
              className="aside"
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file !== undefined) onFile(file);
              }}
            />
          </label>
        </>
      )}
    </div>
  );
}

function Fault({ error }: { error: unknown }) {
  const texts = useImportTexts();
  if (!(error instanceof ArchiveProblem)) return texts.changed;
  return <ForeignText>{texts.faults[error.why](error.what)}</ForeignText>;
}
