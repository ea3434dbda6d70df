package io.bulkhead.broker.http;

import io.bulkhead.contract.partition.PartitionSpec;
import java.util.Optional;

/**
 * The body of {@code PUT /v1/partitions/{name}}.
 *
 * @param definition what is wanted
 * @param rootPasswordHash crypt(5) hash for root on the console; without it the console logs root in by itself
 */
public record DefinitionBody(PartitionSpec definition, Optional<String> rootPasswordHash) {}
