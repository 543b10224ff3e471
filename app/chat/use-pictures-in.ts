import { useEffect, useRef, useState } from 'react';

/** Pictures that are dropped or pasted anywhere on the page; tells whether one is being dragged over it. */
export function usePicturesIn(onFile: (file: File) => void): boolean {
  const [dragged, setDragged] = useState(false);
  const latest = useRef(onFile);
  useEffect(() => {
    latest.current = onFile;
  }, [onFile]);
  useEffect(() => {
    const listening = new AbortController();
    const on = <K extends keyof WindowEventMap>(type: K, hear: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(type, hear, { signal: listening.signal });
    on('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragged(true);
    });
    on('dragleave', (event) => {
      // It left the window, not one element for another.
      if (event.relatedTarget === null) setDragged(false);
    });
    on('drop', (event) => {
      setDragged(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file === undefined) return;
      event.preventDefault();
      latest.current(file);
    });
    on('paste', (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file === undefined) return;
      event.preventDefault();
      latest.current(file);
    });
    return () => listening.abort();
  }, []);
  return dragged;
}
