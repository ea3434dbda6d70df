// The page for one console, /console/#NAME: what stands behind # is never sent to a server.
import { Connection } from './connection.mjs';
import { WISH } from './messages.mjs';
import { Screen } from './screen.mjs';
import { TEXTS } from './texts.mjs';

const at = (id) => document.getElementById(id);
let connection;
let screen;

function status(text) { at('status').textContent = text; }

function showRole(role, writer) {
  at('role').textContent = [
    `${TEXTS.views} ${TEXTS.types(writer)}`, TEXTS.waits(role.place, writer), TEXTS.writes][role.kind];
  at('request').hidden = role.kind === 2;
  at('take-over').hidden = role.kind === 2;
  at('release').hidden = role.kind === 0;
  at('break').hidden = role.kind !== 2;
  if (role.kind !== 2) { at('asked').hidden = true; }
}

const TAKE = {
  o: (message) => {
    if (!message.sameStream) { screen.clear(); }
    status('');
    document.body.dataset.attached = 'true';
    showRole(message.role, message.writer);
  },
  d: (message) => screen.output(message.bytes),
  h: (message) => screen.past(message.bytes, message.length),
  m: (message) => screen.past(message.bytes, 0),
  g: (message) => screen.notice(TEXTS.gap(message.to - message.from)),
  w: (message) => showRole(message.role, message.writer),
  r: (message) => {
    at('asked').hidden = false;
    at('asked-text').textContent = TEXTS.asked(message.viewer, message.seconds);
  },
  a: () => { at('asked').hidden = true; },
  k: (message) => { if (message.kind >= 3) { screen.notice(TEXTS.mark(message.detail)); } },
  x: (message) => status(TEXTS.refused([message.detail, message.remedy].filter(Boolean).join('; '))),
  e: (message) => status(TEXTS.ended(message.reason)),
};

function attach(name, token, wish) {
  at('sign-in').hidden = true;
  at('desk').hidden = false;
  status('');
  document.title = name;
  screen ??= new Screen(at('screen'), {
    typed: (bytes) => connection.type(bytes),
    shown: (count) => connection.shown(count),
    sized: (columns, rows) => connection?.resize(columns, rows),
    guard: (text) => confirm(TEXTS.paste(text.length)),
    said: status,
  });
  screen.fit();
  connection = new Connection(name, token, wish, screen.size);
  connection.addEventListener('message', ({ detail }) => TAKE[detail.type]?.(detail));
  connection.addEventListener('connecting', () => status(TEXTS.connecting));
  connection.addEventListener('again', ({ detail }) => {
    delete document.body.dataset.attached;
    status(TEXTS.again(detail.seconds));
  });
  connection.addEventListener('refused', ({ detail }) => {
    delete document.body.dataset.attached;
    at('sign-in').hidden = false;
    at('desk').hidden = true;
    at('fault').textContent = detail.code === 'unauthenticated' ? TEXTS.unknownToken : TEXTS.refused(detail.detail);
  });
  connection.open();
  screen.focus();
  // For whoever looks on from the browser's own console, and for tests.
  globalThis.bulkheadConsole = { connection, terminal: screen.terminal };
}

at('name').value = decodeURIComponent(location.hash.slice(1));
at('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  at('fault').textContent = '';
  const name = at('name').value.trim();
  location.hash = encodeURIComponent(name);
  attach(name, at('token').value.trim(), at('view-only').checked ? WISH.view : WISH.write);
});
at('request').addEventListener('click', () => connection.ask('R'));
at('release').addEventListener('click', () => connection.ask('V'));
at('break').addEventListener('click', () => connection.ask('B'));
at('grant').addEventListener('click', () => connection.ask('G'));
at('decline').addEventListener('click', () => { connection.ask('D'); at('asked').hidden = true; });
at('take-over').addEventListener('click', () => {
  const reason = prompt(TEXTS.reason, '');
  if (reason !== null) { connection.takeOver(reason.slice(0, 200)); }
});
at('find').addEventListener('keydown', (event) => { if (event.key === 'Enter') { screen.find(at('find').value); } });
