import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';

/** Modal for as long as it is mounted; Escape closes it, and the focus goes back to where it was. */
function Modal({
  titleId,
  wide = false,
  onClose,
  children,
}: {
  titleId: string;
  wide?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog${wide ? ' dialog-wide' : ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}

/** A dialog that is looked through and closed. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const id = useId();
  return (
    <Modal titleId={id} wide={wide} onClose={onClose}>
      <header className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="button button-quiet" onClick={onClose}>
          Close
        </button>
      </header>
      {children}
    </Modal>
  );
}

/** A question before something is done; what it says, and fields to fill in, stand in `children`. */
export function Confirm({
  title,
  yes,
  primary = false,
  disabled,
  error,
  onYes,
  onClose,
  children,
}: {
  title: string;
  /** What is done, as the button says it. */
  yes: string;
  primary?: boolean;
  disabled: boolean;
  /** Why it did not work, as a sentence. */
  error: string | null;
  /** Is given what was filled in, by the names of the fields. */
  onYes: (said: (field: string) => string) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onYes((field) => String(form.get(field) ?? '').trim());
  };
  return (
    <Modal titleId={id} onClose={onClose}>
      <form onSubmit={submit} className="grid gap-3">
        <h2 id={id}>{title}</h2>
        {children}
        {error === null ? null : (
          <p role="alert" className="text-wrong">
            It did not work: {error}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className={`button ${primary ? 'button-primary' : ''}`} disabled={disabled}>
            {yes}
          </button>
        </div>
      </form>
    </Modal>
  );
}
