// All that the page says, in one place.
export const TEXTS = {
  refused: (what) => `Refused: ${what}`,
  connecting: 'Connecting…',
  again: (seconds) => `The connection broke. Trying again in ${seconds} s.`,
  ended: (why) => `Ended: ${why}`,
  views: 'You are viewing.',
  waits: (place, writer) => `You wait for the typing, place ${place}. ${writer || 'Nobody'} types.`,
  writes: 'You type.',
  types: (writer) => (writer ? `${writer} types.` : 'Nobody types.'),
  asked: (who, seconds) => `${who} asks for the typing (${seconds} s to answer).`,
  gap: (bytes) => `${bytes} bytes of output are missing here`,
  mark: (detail) => detail,
  paste: (count) => `Type ${count} characters in several lines into the console?`,
  reason: 'Why do you take the typing over?',
  unknownToken: 'The token was refused.',
};
