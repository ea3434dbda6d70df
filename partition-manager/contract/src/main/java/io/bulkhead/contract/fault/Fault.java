package io.bulkhead.contract.fault;

/**
 * One fault: {@code bulkhead.conf:12: host.cpus: '0-' is not a list of CPUs; write it like 0-3,5}.
 *
 * @param place where it stands
 * @param key which key, as a path; empty where the fault belongs to no key
 * @param problem what is wrong and what is allowed
 */
public record Fault(Place place, String key, String problem) {
    @Override
    public String toString() {
        return place + ": " + (key.isEmpty() ? "" : key + ": ") + problem;
    }
}
