// The terminal: what comes is written in order, and counts as shown when xterm.js has parsed it.
import './styles.mjs';
import { Terminal } from './vendor/xterm.mjs';
import { FitAddon } from './vendor/addon-fit.mjs';
import { SearchAddon } from './vendor/addon-search.mjs';
import { WebglAddon } from './vendor/addon-webgl.mjs';

const DARK = { background: '#111417', foreground: '#e6e6e6' };
const LIGHT = { background: '#ffffff', foreground: '#1b1f23', cursor: '#1b1f23', selectionBackground: '#b6d4fe' };
const KEYS = new TextEncoder();

// What a terminal answers by itself: reports of its kind, place, size, modes, colours; xterm's "Control Sequences".
const ANSWER = /^\u001b(\[[?>=]?[\d;:]*\$?[cnRtuxy]|[P\]^_])/;

export class Screen {
  #fit = new FitAddon(); #search = new SearchAddon(); #replaying = 0;

  // typed(bytes), shown(count), sized(columns, rows), said(text); guard(text) says whether a paste may go.
  constructor(element, { typed, shown, sized, guard, said }) {
    this.element = element;
    this.shown = shown;
    this.said = said;
    this.terminal = new Terminal({ scrollback: 10000, screenReaderMode: false, allowProposedApi: false });
    this.terminal.loadAddon(this.#fit);
    this.terminal.loadAddon(this.#search);
    this.terminal.open(element);
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.terminal.loadAddon(webgl);
    } catch {
      // Without WebGL it draws by elements.
    }
    // While the past is written, what the terminal answers to it must not go into the live console.
    this.terminal.onData((data) => {
      if (this.#replaying === 0 || !ANSWER.test(data)) { typed(KEYS.encode(data)); }
    });
    this.terminal.onBinary((data) => {
      if (this.#replaying === 0) { typed(Uint8Array.from(data, (each) => each.charCodeAt(0))); }
    });
    this.terminal.onResize(({ cols, rows }) => sized(cols, rows));
    element.addEventListener('paste', (event) => {
      const pasted = event.clipboardData?.getData('text/plain') || '';
      if (/[\r\n]/.test(pasted.trim()) && !guard(pasted)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, true);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const colour = () => { this.terminal.options.theme = dark.matches ? DARK : LIGHT; };
    dark.addEventListener('change', colour);
    colour();
    new ResizeObserver(() => this.fit()).observe(element);
  }

  get size() { return { columns: this.terminal.cols, rows: this.terminal.rows }; }
  fit() {
    // While it is not shown it has no size.
    if (this.element.clientWidth > 0) { this.#fit.fit(); }
  }

  focus() { this.terminal.focus(); }
  clear() { this.terminal.reset(); }
  find(text) { return this.#search.findPrevious(text); }

  output(bytes) { this.terminal.write(bytes, () => this.shown(bytes.length)); }

  past(bytes, count) {
    this.#replaying += 1;
    this.terminal.write(bytes, () => {
      this.#replaying -= 1;
      if (count > 0) { this.shown(count); }
    });
  }

  // A line of our own, dimmed, or beside a program that has the whole screen; controls in it are not the terminal's business.
  notice(text) {
    if (this.terminal.buffer.active.type === 'alternate') {
      this.said(text);
      return;
    }
    const harmless = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
    this.terminal.write(`\r\n\u001b[2m[${harmless}]\u001b[22m\r\n`);
  }
}
