package io.bulkhead.console.cli;

/** What {@code -o} can ask for. */
enum OutputForm {
    /** For people. */
    table,
    /** The API's body unchanged, indented. */
    json
}
