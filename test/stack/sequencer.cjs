const Sequencer = require("@jest/test-sequencer").default;

/** The shared stack is destroyed by a test too: that one comes last, the others in the order of their names. */
module.exports = class extends Sequencer {
  sort(tests) {
    const last = (test) => (test.path.endsWith("destroy.test.ts") ? 1 : 0);
    return [...tests].sort((a, b) => last(a) - last(b) || a.path.localeCompare(b.path));
  }
};
