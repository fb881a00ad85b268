import { useRef } from 'preact/hooks';
import { uuid } from '../lib/random';

/** One key for each request meant: sending the same again after an error repeats the key, so that it cannot be carried out twice. */
export function useIdempotencyKey(): { use: (content: unknown) => string; spent: () => void } {
  const held = useRef<{ content: string; key: string } | undefined>(undefined);
  return {
    use(content) {
      const text = JSON.stringify(content);
      if (held.current?.content !== text) held.current = { content: text, key: uuid() };
      return held.current.key;
    },
    spent() {
      held.current = undefined;
    },
  };
}
