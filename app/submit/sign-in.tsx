'use client';

import { type FormEvent, useState } from 'react';

/** Asks for the write token, once; the server keeps it in a cookie that scripts cannot read. */
export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: () => Promise<unknown> }) {
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });

  async function signIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const input = event.currentTarget.elements.namedItem('token');
    if (!(input instanceof HTMLInputElement) || state.busy) return;
    setState({ busy: true, error: null });
    const error = await sendToken(input.value);
    if (error === null) await onSignedIn();
    setState({ busy: false, error });
    if (error !== null) input.select();
  }

  return (
    <form className="stack" onSubmit={signIn} noValidate>
      <p className="text-muted">
        {ended ? 'Your session has ended; type the token again. ' : ''}
        Reading needs none. Submitting does: whoever runs this server gives the token to those who may submit,
        publish and discard.
      </p>
      <div className="submit-field">
        <label htmlFor="token">Write token</label>
        <div className="flex flex-wrap gap-2">
          <input
            id="token"
            name="token"
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            className="field min-w-0 flex-1 basis-56"
            aria-invalid={state.error !== null}
            aria-describedby={state.error === null ? 'token-hint' : 'token-error token-hint'}
          />
          <button type="submit" className="button button-primary" aria-disabled={state.busy}>
            {state.busy ? 'Checking' : 'Use token'}
          </button>
        </div>
        <p id="token-error" className="submit-field-error" role="alert">
          {state.error}
        </p>
        <p id="token-hint" className="submit-hint">
          Typed once: this browser then stays signed in for 30 days, by a cookie that no script can read and
          that does not hold the token.
        </p>
      </div>
    </form>
  );
}

/** @returns what is wrong, in a sentence; null when signed in. */
async function sendToken(token: string): Promise<string | null> {
  if (token.trim() === '') return 'Enter the token.';
  try {
    const response = await fetch('/api/auth', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (response.ok) return null;
    const { error }: { error?: unknown } = await response.json().catch(() => ({}));
    return typeof error === 'string'
      ? error
      : `The server answered with status ${response.status}. Try again.`;
  } catch {
    return 'The server could not be reached. Check the connection, then try again.';
  }
}

export function SignedIn({ onSignedOut }: { onSignedOut: () => Promise<unknown> }) {
  const [error, setError] = useState<string | null>(null);
  async function signOut(): Promise<void> {
    const response = await fetch('/api/auth', { method: 'DELETE' }).catch(() => null);
    if (response?.ok) await onSignedOut();
    else setError('Signing out did not reach the server. Try again.');
  }
  return (
    <div className="submit-actions">
      <p>This browser may submit, publish and discard.</p>
      <button type="button" className="button" onClick={signOut}>
        Sign out
      </button>
      <p className="submit-field-error" role="alert">
        {error}
      </p>
    </div>
  );
}
