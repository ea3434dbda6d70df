package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;

/**
 * The file system that holds the partitions' volumes; statvfs(3).
 *
 * @param total its size
 * @param available what could still be written; volumes that exist are taken off already
 */
public record StorageRoom(ByteSize total, ByteSize available) {}
