import { renderHook } from '@testing-library/preact';
import { expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import { useMissing } from '../src/pages/device/DevicePage';

const failed = (status: number) => ({ data: undefined, error: new ApiError({ status, title: 'x' }), loading: false });

it('takes a device for missing until the hub shows it, whatever fails in between', () => {
  const { result, rerender } = renderHook((device) => useMissing(device), {
    initialProps: { data: undefined as unknown, error: undefined as unknown, loading: true },
  });
  expect(result.current).toBe(false);
  rerender(failed(503));
  expect(result.current).toBe(false);
  rerender(failed(404));
  expect(result.current).toBe(true);
  rerender(failed(503));
  expect(result.current).toBe(true);
  rerender({ data: undefined, error: undefined, loading: true });
  expect(result.current).toBe(true);
  rerender({ data: {}, error: undefined, loading: false });
  expect(result.current).toBe(false);
});
