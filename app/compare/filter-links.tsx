'use client';

import type { MouseEvent, ReactNode } from 'react';
import { changeAddress } from '../samples/use-address';

/**
 * Figures whose links each list some of the samples: an ordinary click on one changes the list at once, without loading the
 * page anew; any other click is the browser's, and without scripts the server answers.
 */
export function FilterLinks({ children }: { children: ReactNode }) {
  const follow = (event: MouseEvent<HTMLElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[data-samples]') : null;
    const href = link?.getAttribute('href');
    if (!href) return;
    event.preventDefault();
    changeAddress('push', href.replace(/#.*$/, ''));
    const samples = document.getElementById('samples');
    samples?.scrollIntoView();
    samples?.focus({ preventScroll: true });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the clicks of the links in it, and is no control itself
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is told as a click on it, so keys come this way too
    <div className="compare-figures" onClick={follow}>
      {children}
    </div>
  );
}
