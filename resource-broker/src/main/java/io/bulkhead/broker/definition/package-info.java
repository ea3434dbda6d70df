/**
 * Partition definitions, as an administrator writes them: strict YAML, in both directions.
 *
 * <p>{@link io.bulkhead.broker.definition.DefinitionLoader} reads, through Apache Commons Configuration, and reports every
 * fault at once with file, line and column; what a definition does not say it may take from profiles, and {@link
 * io.bulkhead.broker.definition.DefinitionExplanation} tells which layer said what. {@link
 * io.bulkhead.broker.definition.DefinitionWriter} writes text that reads back as the same; {@link
 * io.bulkhead.broker.definition.DefinitionKey} is the table of keys that the reader, the JSON schema and the documents
 * agree on. May be used by the control plane and the command line. Everything handed out is immutable; loading belongs to
 * the thread that asks.
 */
@NullMarked
package io.bulkhead.broker.definition;

import org.jspecify.annotations.NullMarked;
