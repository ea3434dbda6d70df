/**
 * Intrusion accounting: how much time of a whole-CPU slice somebody else had, tasks or interrupts.
 *
 * <p><b>Method.</b> Of each CPU, what was neither idle nor stolen by a hypervisor was used by somebody; what of that was
 * not the partition's own was an intrusion:
 *
 * <pre>
 *   intrusion = length of the window × CPUs − idle − iowait − steal − the partition's own
 * </pre>
 *
 * The columns are those of /proc/stat (proc_stat(5)), the partition's own is its group's: {@code cpu.stat} in version 2,
 * {@code cpuacct.usage} in version 1. The columns that say what a CPU was used <i>for</i> (user, nice, system, irq,
 * softirq, and guest, which user contains) are left alone: unless the kernel counts virtually, it charges a whole tick to
 * whoever runs when the tick comes, and misses what sleeps by then. Idle, iowait and steal are measured by clock wherever
 * the tick stops on an idle CPU (NO_HZ), which is everywhere but with {@code nohz=off}. Against the sum of all tasks'
 * run times on one CPU, over windows of 10 s on an idle to half busy host, this method was off by −3 to +54 ms and the
 * sum of the columns by −122 to +2 ms (kernel 6.18, HZ=250); the surplus is interrupts' and the scheduler's own time.
 *
 * <p><b>What is whose.</b> Interrupts count as intrusion where the kernel measures their time ({@code
 * IRQ_TIME_ACCOUNTING}); elsewhere one that hits a task of the partition is in the partition's own time, as the kernel
 * has it. Kernel threads that work for the partition on its CPUs (block I/O, timers) count as intrusion: the kernel does
 * not say for whom it works. Time stolen by a hypervisor is told apart.
 *
 * <p><b>Exactness.</b> /proc/stat counts in hundredths of a second, so each of three columns is off by less than 10 ms at
 * each end of a window, on each CPU; the two reads are not one moment. Both are in the error that goes with the numbers.
 * It does not add up from window to window. The clocks of scheduler and wall are not the same one; they run apart by
 * less than 50 millionths.
 *
 * <p>{@link io.bulkhead.manager.intrusion.Account} is pure; {@code KernelClocks} reads; {@link
 * io.bulkhead.manager.intrusion.IntrusionKeeper} does it on a thread of its own. Used by life and where the manager is put
 * together.
 */
@NullMarked
package io.bulkhead.manager.intrusion;

import org.jspecify.annotations.NullMarked;
