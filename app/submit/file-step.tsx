'use client';

import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { formatBinaryBytes } from '../ui/format';
import { Problem } from './step';
import { refusalBeforeUpload, UploadError, uploadFile } from './upload';

type Upload =
  | { phase: 'none' }
  | { phase: 'failed'; message: string; attempt: number }
  | { phase: 'sending'; file: File; sent: number };

/** Takes a file from the chooser or from a drop anywhere on the page, and sends it. */
export function FileStep({
  current,
  maxBytes,
  formats,
  onSending,
  onCancelled,
  onUploaded,
  onReset,
  onSignedOut,
}: {
  /** The name of the file that is uploaded already. */
  current: string | null;
  maxBytes: number;
  formats: ReactNode;
  /** The control that had the focus is gone now. */
  onSending: () => void;
  onCancelled: () => void;
  onUploaded: (file: { sha256: string; name: string }) => void;
  onReset: () => void;
  onSignedOut: () => void;
}) {
  const [upload, setUpload] = useState<Upload>({ phase: 'none' });
  const sending = useRef<AbortController | null>(null);

  const send = useCallback(
    async (file: File): Promise<void> => {
      if (sending.current !== null) return;
      const fail = (message: string) => setUpload({ phase: 'failed', message, attempt: Date.now() });
      const refused = refusalBeforeUpload(file, maxBytes);
      if (refused !== null) return fail(refused);
      const controller = new AbortController();
      sending.current = controller;
      setUpload({ phase: 'sending', file, sent: 0 });
      onSending();
      try {
        const sha256 = await uploadFile(
          file,
          (sent) => setUpload({ phase: 'sending', file, sent }),
          controller.signal,
        );
        setUpload({ phase: 'none' });
        onUploaded({ sha256, name: file.name });
      } catch (error) {
        if (controller.signal.aborted) {
          setUpload({ phase: 'none' });
          onCancelled();
        } else fail(error instanceof Error ? error.message : String(error));
        if (error instanceof UploadError && error.signedOut) onSignedOut();
      } finally {
        sending.current = null;
      }
    },
    [maxBytes, onSending, onCancelled, onUploaded, onSignedOut],
  );
  // Leaving the page gives up the upload.
  useEffect(() => () => sending.current?.abort(), []);

  const isDragging = useFileDrop(
    useCallback(
      (files: readonly File[]) => {
        const [file] = files;
        if (files.length === 1 && file !== undefined) send(file);
        else
          setUpload({
            phase: 'failed',
            message: `${files.length} files were dropped. A run is made of one file: drop one at a time.`,
            attempt: Date.now(),
          });
      },
      [send],
    ),
  );

  return (
    <>
      {isDragging ? (
        <div className="submit-drop-veil" aria-hidden="true">
          <p>Drop the file to upload it</p>
        </div>
      ) : null}
      {upload.phase === 'failed' ? (
        <Problem key={upload.attempt} title="The file was not taken">
          <p>{upload.message}</p>
        </Problem>
      ) : null}
      {upload.phase === 'sending' ? (
        <Sending file={upload.file} sent={upload.sent} onCancel={() => sending.current?.abort()} />
      ) : current === null ? (
        <>
          <label className="submit-drop">
            <span className="submit-drop-title">
              <span className="button button-primary">Choose a file</span>
              <span className="submit-drop-or">or drop it anywhere on this page</span>
            </span>
            <span className="submit-hint">
              Model outputs of one benchmark split, up to {formatBinaryBytes(maxBytes)}.
            </span>
            <input
              type="file"
              className="sr-only"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) send(file);
                // So that choosing the same file again, mended, is a change too.
                event.currentTarget.value = '';
              }}
            />
          </label>
          {formats}
        </>
      ) : (
        <div className="submit-actions">
          <p className="min-w-0 break-words">
            <strong className="font-semibold">{current}</strong> is uploaded.
          </p>
          <button type="button" className="button" onClick={onReset}>
            Take another file
          </button>
        </div>
      )}
    </>
  );
}

function Sending({ file, sent, onCancel }: { file: File; sent: number; onCancel: () => void }) {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
  const percent = Math.floor((Math.min(sent, file.size) / file.size) * 100);
  const arrived = sent >= file.size;
  return (
    <div className="stack">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 break-words font-semibold">{file.name}</p>
        <p className="text-muted">
          {arrived
            ? 'Arrived; the server checks it'
            : `${formatBinaryBytes(sent)} of ${formatBinaryBytes(file.size)}, ${percent} %`}
        </p>
      </div>
      <progress
        className="progress"
        aria-label={`Upload of ${file.name}`}
        {...(arrived ? {} : { value: sent, max: file.size })}
      />
      <div>
        <button type="button" className="button" onClick={onCancel}>
          Cancel upload
        </button>
      </div>
      {/* Said every quarter, not every percent. */}
      <p className="sr-only" role="status">
        {arrived ? 'Uploaded; the server checks it.' : `Uploading: ${Math.floor(percent / 25) * 25} percent.`}
      </p>
    </div>
  );
}

/** Whether files are being dragged over the page, and what is dropped, wherever it is. */
function useFileDrop(onDrop: (files: readonly File[]) => void): boolean {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      // Without this the browser opens the file instead of the page.
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      // Between two elements there is a related target; leaving the window has none.
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setDragging(false);
      onDrop([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [onDrop]);
  return isDragging;
}
