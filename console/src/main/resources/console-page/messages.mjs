// The console protocol of console/PROTOCOL.md as bytes.
const TEXT_OUT = new TextEncoder();
const TEXT_IN = new TextDecoder();
const VERSION = 1;
export const MOST_DATA = 16384;
export const START = { now: 0, offset: 1, bytes: 2 };
export const WISH = { view: 0, write: 1, takeOver: 2, resume: 3, wait: 4 };
export const POLICY = { follow: 0, complete: 1, interactive: 2 };

function join(type, ...parts) {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = type.charCodeAt(0);
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function number(value, bytes) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value));
  return new Uint8Array(view.buffer, 8 - bytes);
}

function text(value) {
  const bytes = TEXT_OUT.encode(value);
  return new Uint8Array([...number(bytes.length, 2), ...bytes]);
}

export function hello({ start, amount, wish, policy, credit, columns, rows, name }) {
  return join('H', [VERSION, start], number(amount, 8), [wish, policy, 0], number(credit, 4),
    number(columns, 2), number(rows, 2), text(name), text(''));
}
export const input = (bytes) => join('I', bytes);
export const credit = (bytes) => join('C', number(bytes, 4));
export const resize = (columns, rows) => join('S', number(columns, 2), number(rows, 2));
export const bare = (type) => join(type);
export const takeOver = (reason) => join('T', text(reason));
export const ping = () => join('P', number(0, 8));

class Reader {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 1;
  }
  byte() { return this.view.getUint8(this.at++); }
  short() { this.at += 2; return this.view.getUint16(this.at - 2); }
  count() { this.at += 4; return this.view.getUint32(this.at - 4); }
  number() { this.at += 8; return this.view.getBigUint64(this.at - 8); }
  raw() { this.at += 8; return new Uint8Array(this.view.buffer, this.at - 8, 8); }
  role() { return { kind: this.byte(), place: this.short() }; }
  text() {
    const length = this.short();
    this.at += length;
    return TEXT_IN.decode(new Uint8Array(this.view.buffer, this.at - length, length));
  }
  rest() { return new Uint8Array(this.view.buffer, this.at); }
}

const FORMS = {
  o: (in_) => ({ offset: in_.number(), end: in_.number(), inputCredit: in_.count(), role: in_.role(),
    creation: in_.text(), viewer: in_.text(), writer: in_.text() }),
  d: (in_) => ({ offset: in_.number(), bytes: in_.rest() }),
  h: (in_) => ({ offset: in_.number(), length: in_.count(), bytes: in_.rest() }),
  m: (in_) => ({ bytes: in_.rest() }),
  g: (in_) => ({ from: in_.number(), to: in_.number(), cause: in_.byte() }),
  c: (in_) => ({ bytes: in_.count() }),
  w: (in_) => ({ cause: in_.byte(), role: in_.role(), writer: in_.text(), reason: in_.text() }),
  r: (in_) => ({ seconds: in_.count(), viewer: in_.text() }),
  a: (in_) => ({ answer: in_.byte(), viewer: in_.text() }),
  k: (in_) => ({ offset: in_.number(), time: in_.number(), kind: in_.byte(), detail: in_.text() }),
  p: (in_) => ({ answer: join('Q', in_.raw()) }),
  q: () => ({}),
  x: (in_) => ({ code: in_.text(), detail: in_.text(), remedy: in_.text() }),
  e: (in_) => ({ comesBack: in_.byte() === 1, reason: in_.text() }),
};

// A message of the service, or null where this version does not know its type.
export function decode(buffer) {
  const type = String.fromCharCode(new Uint8Array(buffer)[0]);
  return FORMS[type] ? { type, ...FORMS[type](new Reader(buffer)) } : null;
}
