// The fixture's readings.
import { iso, METRICS, noise, started } from './data.mjs';

export function series(device, url) {
  const metric = url.searchParams.get('metric');
  const [, n, unit] = /^PT(\d+)([SM])$/.exec(url.searchParams.get('bucket'));
  const width = n * { S: 1e3, M: 60e3 }[unit];
  const end = Date.parse(url.searchParams.get('to') ?? '') || Date.now();
  const items = [];
  for (let t = Date.parse(url.searchParams.get('from')); t < end; t += width) {
    if (Math.floor(t / 3e6) % 5 === 2) continue; // The device was away.
    const avg = METRICS[metric](t);
    const spread = Math.abs(avg) * 0.04 * (1 + noise(t));
    items.push({ time: iso(t), avg, min: avg - spread, max: avg + spread, count: 5 });
  }
  return { device, metric, bucket: url.searchParams.get('bucket'), items };
}

export function latest(d) {
  const metrics = d.presence.state === 'never-seen' ? {} : METRICS;
  const entry = ([metric, f]) => ({
    metric,
    type: 'number',
    time: iso(Date.now()),
    receivedAt: iso(Date.now()),
    value: f(Date.now()),
  });
  const version = { metric: 'firmware.version', type: 'text', time: iso(started), receivedAt: iso(started), value: '2.14.1-rc3' };
  const found = Object.entries(metrics).map(entry);
  return { device: d.id, metrics: found.length > 0 ? [...found, version] : [] };
}
