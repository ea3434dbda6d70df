/**
 * Consoles by SSH: a transport of the console service beside that of the API, and a shell of reading verbs. MINA SSHD and
 * Bouncy Castle are known in here alone, and loaded only where {@code ssh.listen} is set.
 *
 * <p><b>Threads.</b> MINA's two I/O threads hand everything over to the service's thread and wait for nothing. What is sent,
 * with its encryption, is the matter of one thread more ({@link io.bulkhead.console.serial.ssh.PacketThread}), which all
 * consoles share. A console has one write under way, and asks the ring for more when it has ended, so that SSH's window is
 * the back-pressure. Each verb runs on a thread of its own, {@value io.bulkhead.console.serial.ssh.VerbCommand#MOST} at once.
 *
 * <p><b>Memory.</b> A console: what its viewer may have under way (32 KiB), one write of at most 16 KiB, and what was typed
 * beyond the credit (SSH's window, 64 KiB, which opens again only for what was handed on).
 */
@NullMarked
package io.bulkhead.console.serial.ssh;

import org.jspecify.annotations.NullMarked;
