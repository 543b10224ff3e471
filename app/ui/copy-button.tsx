'use client';

import { useEffect, useState } from 'react';

/** Copies a text, or what `read` makes of it at the click, and says so. */
export function CopyButton({
  label,
  read,
  className = 'button',
}: {
  label: string;
  read: string | (() => string);
  className?: string;
}) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <button
      type="button"
      className={`copy-button ${className}`}
      onClick={() => {
        // Browsers allow it on secure origins only.
        Promise.resolve(navigator.clipboard?.writeText(typeof read === 'string' ? read : read()))
          .then(() => setSaid(navigator.clipboard === undefined ? 'Copying is blocked' : 'Copied'))
          .catch(() => setSaid('Copying is blocked'));
      }}
    >
      <span aria-hidden={said !== null}>{label}</span>
      <span role="status">{said}</span>
    </button>
  );
}
