// Receives the events of a webhook: checks the signature, drops repeats, prints the rest.
//
//     MOORING_WEBHOOK_SECRET=whsec_… node webhook.mjs [PORT]
//
// Needs Node.js 20 and nothing else. The signature is that of https://www.standardwebhooks.com.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const port = process.argv[2] ?? '8700';
if (process.argv.length > 3 || !/^\d{1,5}$/.test(port)) {
  console.error('usage: MOORING_WEBHOOK_SECRET=whsec_… node webhook.mjs [PORT]');
  process.exit(2);
}
const secret = secretOf(process.env.MOORING_WEBHOOK_SECRET ?? '');
const tolerance = 300; // seconds; whoever has caught a message cannot send it again later
const mostBytes = 1 << 20;
const remembered = 10_000;

// Ids of what was taken. A real receiver keeps them where it keeps what it made of the events, in one transaction.
const seen = new Set();

/** The key in it. An empty one would take whatever is signed with nothing, so what is no secret ends the program. */
function secretOf(text) {
  const key = /^whsec_[A-Za-z0-9+/]+=*$/.test(text) ? Buffer.from(text.slice('whsec_'.length), 'base64') : [];
  if (key.length >= 24 && key.length <= 64) return key;
  console.error('MOORING_WEBHOOK_SECRET is not the secret of a webhook: whsec_ and what the hub has shown after it');
  process.exit(2);
}

/** In constant time: how far a guess was right must not show in how long the answer takes. */
const same = (a, b) => a.length === b.length && timingSafeEqual(a, b);

/** Whether one of the signatures is ours; there are two while a secret is being changed. */
function isSigned(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': given } = headers;
  if (!id || !given || !/^\d{1,11}$/.test(sentAt)) return false;
  if (Math.abs(Date.now() / 1000 - Number(sentAt)) > tolerance) return false;
  const wanted = Buffer.from('v1,' + createHmac('sha256', secret).update(`${id}.${sentAt}.`).update(body).digest('base64'));
  return given.split(' ').some((one) => same(Buffer.from(one), wanted));
}

/** The bytes as they came: parsed and written again they are others. Undefined: too many. */
async function bytesOf(request) {
  if (Number(request.headers['content-length']) > mostBytes) return undefined;
  const parts = [];
  let length = 0;
  // Not destroyed by leaving it early: the sender is to see the answer.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function take(event) {
  console.log(event.type, event.device ?? '-', event.state ?? '');
}

async function receive(request) {
  const body = await bytesOf(request);
  if (body === undefined) return 413;
  if (!isSigned(request.headers, body)) {
    console.log('refused');
    return 401;
  }
  const id = request.headers['webhook-id'];
  if (seen.has(id)) {
    console.log('repeated', id);
    return 204;
  }
  take(JSON.parse(body));
  seen.add(id);
  if (seen.size > remembered) seen.delete(seen.values().next().value);
  // Only now, as it is not sent again; whatever fails before is, with pauses that grow, for a day.
  return 204;
}

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end(),
    (failure) => {
      console.error(failure);
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
