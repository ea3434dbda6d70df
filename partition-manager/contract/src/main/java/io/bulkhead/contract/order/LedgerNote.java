package io.bulkhead.contract.order;

/**
 * A difference between the control plane's ledger and what the manager has, in words.
 *
 * @param owner a partition's name, {@code host} or {@code partitions}
 * @param difference what each of them says
 * @param remedy what will be done, or what the administrator can do
 */
public record LedgerNote(String owner, String difference, String remedy) {}
