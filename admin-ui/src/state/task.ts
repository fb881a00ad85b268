import { useRef, useState } from 'preact/hooks';

/** One task at a time with its error: what forms and buttons that call the hub have in common. */
export function useTask(): {
  busy: boolean;
  error: unknown;
  run: (task: () => Promise<void>) => Promise<void>;
  clear: () => void;
} {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const busy = useRef(false);
  const run = async (task: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setState({ busy: true, error: undefined });
    let error: unknown;
    try {
      await task();
    } catch (e) {
      error = e;
    }
    busy.current = false;
    setState({ busy: false, error });
  };
  return { ...state, run, clear: () => setState({ busy: false, error: undefined }) };
}
