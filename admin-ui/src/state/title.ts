import { useEffect } from 'preact/hooks';

/** Names the tab by what the page is about, the name first, once it is known. */
export function useTitle(name: string | undefined, kind: string): void {
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · ${kind} · Mooring`;
  }, [name]);
}
