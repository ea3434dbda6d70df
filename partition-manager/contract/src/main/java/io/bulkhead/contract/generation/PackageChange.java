package io.bulkhead.contract.generation;

import java.util.Optional;

/**
 * A package of the host that has moved since a generation was captured.
 *
 * @param name with its architecture, like {@code openssl:amd64}
 * @param was the version then; absent where it has come since
 * @param is the version now; absent where it is gone
 */
public record PackageChange(String name, Optional<String> was, Optional<String> is) {}
