// What the fixture's devices are and measure.
export const iso = (ms) => new Date(ms).toISOString();
export const started = Date.now() - 3 * 3_600_000;

export const STATES = ['online', 'online', 'online', 'online', 'suspect', 'offline', 'online', 'never-seen'];
export const KINDS = ['pump', 'valve', 'buoy', 'crane', 'tide-gauge'];
export const METRICS = {
  'cpu.load_percent': (t) => 34 + 22 * Math.sin(t / 60e3) + 9 * noise(t),
  'disk.free_bytes': (t) => 182e9 - (t % 864e5) * 40,
  'memory.used_bytes': (t) => 3.1e9 + 4e8 * Math.sin(t / 400e3) + 5e7 * noise(t + 7),
  'net.received_bytes_per_second': (t) => 42e3 * (1.4 + Math.sin(t / 30e3) + noise(t + 3)),
  'pressure.bar': (t) => 4.2 + 0.3 * Math.sin(t / 90e3) + 0.04 * noise(t + 1),
  'temperature.celsius': (t) => 21.5 + 2.2 * Math.sin(t / 900e3) + 0.2 * noise(t + 2),
  starts: (t) => Math.floor((t - started) / 600e3),
};
export const noise = (t) => Math.sin(t * 12.9898) * Math.cos(t * 0.078);

export function makeDevice(id, i, state) {
  const presence = { state };
  if (state !== 'never-seen') {
    const since = Date.now() - (i * 97_001 + 40_000);
    Object.assign(presence, {
      since: iso(since),
      lastSeenAt: iso(state === 'online' ? Date.now() - 1_500 : since),
      epoch: 1 + (i % 9),
    });
    Object.assign(presence, {
      address: `10.20.${i % 8}.${20 + i}:51${100 + i}`,
      agent: 'mooring-java/0.1.0',
      closeCode: 1006,
      closeReason: 'connection lost',
    });
    if (state === 'online') Object.assign(presence, { roundTripMs: 8.4 + i / 3, clockOffsetMs: -42 });
  }
  const tags = { site: ['north quay', 'south quay', 'dry dock'][i % 3], hall: String(1 + (i % 7)) };
  const name = i % 4 === 3 ? id : `${id.replace(/-\d+$/, '').replace('-', ' ')} in hall ${1 + (i % 7)}`;
  return { id, name, tags, enabled: i % 29 !== 28, createdAt: iso(started - i * 864e5), presence };
}

/** Sessions of a device, newest first, with gaps between them. */
export function sessionsOf(d) {
  const reasons = [[4202, 'heartbeat-timeout'], [1006, 'connection lost'], [4000, 'draining; retry-ms=1200'], [1000, 'goodbye']];
  const list = [];
  const { epoch = 0, state, since, agent, address } = d.presence;
  let end = state === 'online' ? Date.now() : Date.parse(since ?? iso(0));
  for (let n = epoch; n > 0; n--) {
    const opened = end - 1.7e6 * (1 + ((n * 7) % 9));
    const [closeCode, closeReason] = reasons[n % reasons.length];
    const open = n === epoch && state === 'online';
    list.push({ epoch: n, node: 'quay-1', address, agent, openedAt: iso(opened), ...(!open && { closedAt: iso(end), closeCode, closeReason }) });
    end = opened - 4e5 * (1 + (n % 3));
  }
  return list;
}
