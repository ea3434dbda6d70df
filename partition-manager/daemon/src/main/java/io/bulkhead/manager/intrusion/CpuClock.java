package io.bulkhead.manager.intrusion;

/**
 * What one CPU has not been used for since the host was booted, microseconds.
 *
 * @param idleMicros idle, whether or not a task that last ran there waited for a disk (idle and iowait: the split is a
 *     guess of the kernel's, the sum is not)
 * @param stolenMicros taken by the hypervisor
 */
record CpuClock(long idleMicros, long stolenMicros) {}
