// One console by WebSocket: a ticket, a hello, credit, and again at the next offset when the connection breaks.
import * as messages from './messages.mjs';

const WINDOW = 32768;
const DEAD_MILLIS = 60000;
const PING_MILLIS = 20000;
const LONGEST_WAIT_SECONDS = 15;
const FIRST_REPLAY = 65536;

export class Connection extends EventTarget {
  #name; #token; #size; #socket; #next = null; #creation = ''; #owed = 0; #inputCredit = 0; #waiting = [];
  #role = 0; #failures = 0; #heard = 0; #timer; #closed = false; #wish;
  #unshown = 0; #stale = 0; #opened = false; #goesOn = false;

  constructor(name, token, wish, size) {
    super();
    this.#name = name; this.#token = token; this.#wish = wish; this.#size = size;
  }

  open() {
    this.#timer = setInterval(() => this.#watch(), PING_MILLIS / 4);
    this.#connect();
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  async #connect() {
    this.#say('connecting');
    let ticket;
    try {
      const answer = await fetch(`/v1/consoles/${encodeURIComponent(this.#name)}/tickets`,
        { method: 'POST', headers: { Authorization: `Bearer ${this.#token}` } });
      const body = await answer.json();
      if (!answer.ok && answer.status < 500 && answer.status !== 429) {
        this.#refuse(body.code, body.detail || String(answer.status));
        return;
      }
      ticket = body.ticket;
    } catch {
      ticket = undefined;
    }
    if (!ticket) {
      this.#later();
      return;
    }
    const url = new URL(`/v1/consoles/${encodeURIComponent(this.#name)}/socket`, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, ['bulkhead.console.v1', `bulkhead.ticket.${ticket}`]);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#hello();
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = () => this.#later();
    this.#socket = socket;
    this.#heard = Date.now();
  }

  #hello() {
    const again = this.#next !== null;
    const { start, amount } = again
      ? { start: messages.START.offset, amount: this.#next }
      : { start: messages.START.bytes, amount: FIRST_REPLAY };
    const wish = again && this.#wish !== messages.WISH.view ? [0, 4, 3][this.#role] : this.#wish;
    this.#opened = false;
    this.#owed = 0;
    // What is not shown yet came on the credit of the connection before.
    this.#stale = this.#unshown;
    this.#send(messages.hello({ start, amount, wish, policy: messages.POLICY.interactive, credit: WINDOW,
      ...this.#size, name: 'web' }));
  }

  #take(buffer) {
    this.#heard = Date.now();
    const message = messages.decode(buffer);
    if (!message) {
      return;
    }
    switch (message.type) {
      case 'o':
        this.#failures = 0;
        this.#opened = true;
        this.#inputCredit = message.inputCredit;
        message.sameStream = message.creation === this.#creation;
        this.#goesOn = message.sameStream && message.offset === this.#next;
        this.#creation = message.creation;
        this.#next = message.offset;
        this.#role = message.role.kind;
        this.#waiting = [];
        break;
      case 'd': this.#came(message.offset, message.bytes.length); break;
      case 'h': this.#came(message.offset, message.length); break;
      case 'm':
        if (this.#goesOn) {
          // The terminal is as it was, maybe in the middle of a sequence: it needs no modes.
          return;
        }
        break;
      case 'g': this.#next = message.to; this.#goesOn = false; break;
      case 'c': this.#inputCredit += message.bytes; this.#flush(); break;
      case 'w': this.#role = message.role.kind; break;
      case 'p': this.#send(message.answer); break;
      case 'x':
        if (!this.#opened) {
          this.#notOpened(message);
          return;
        }
        break;
      case 'e': if (!message.comesBack) { this.close(); } break;
      default:
    }
    this.#say('message', message);
  }

  #came(offset, length) {
    this.#next = offset + BigInt(length);
    this.#unshown += length;
    this.#goesOn = false;
  }

  // The hello was refused. What may be otherwise in a while is tried again.
  #notOpened({ code, detail, remedy }) {
    if (code === 'conflict') {
      this.#next = null; // Another stream, which is not that long yet.
    } else if (!['unreachable', 'too-many-requests', 'timed-out'].includes(code)) {
      this.#refuse(code, [detail, remedy].filter(Boolean).join('; '));
    }
  }

  #refuse(code, detail) {
    this.close();
    this.#say('refused', { code, detail });
  }

  // So much has been shown: a quarter of the window at a time goes back.
  shown(bytes) {
    this.#unshown -= bytes;
    const stale = Math.min(this.#stale, bytes);
    this.#stale -= stale;
    this.#owed += bytes - stale;
    if (this.#owed >= WINDOW / 4) {
      this.#send(messages.credit(this.#owed));
      this.#owed = 0;
    }
  }

  type(bytes) {
    for (let at = 0; at < bytes.length; at += 4096) {
      this.#waiting.push(bytes.subarray(at, at + 4096));
    }
    this.#flush();
  }

  #flush() {
    while (this.#waiting.length > 0 && this.#waiting[0].length <= this.#inputCredit) {
      const bytes = this.#waiting.shift();
      this.#inputCredit -= bytes.length;
      this.#send(messages.input(bytes));
    }
  }

  resize(columns, rows) {
    this.#size = { columns, rows };
    this.#send(messages.resize(columns, rows));
  }

  ask(type) { this.#send(messages.bare(type)); }
  takeOver(reason) { this.#send(messages.takeOver(reason)); }

  #send(bytes) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(bytes);
    }
  }

  #watch() {
    const silent = Date.now() - this.#heard;
    if (this.#socket?.readyState === WebSocket.OPEN && silent > PING_MILLIS) {
      this.#send(messages.ping());
      if (silent > DEAD_MILLIS) {
        this.#socket.close();
      }
    }
  }

  #later() {
    if (!this.#closed) {
      const seconds = Math.min(LONGEST_WAIT_SECONDS, 2 ** this.#failures++ / 2);
      this.#say('again', { seconds });
      setTimeout(() => { if (!this.#closed) { this.#connect(); } }, seconds * 1000);
    }
  }

  #say(type, detail = {}) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
