package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.ServiceThread;
import java.util.Optional;

/**
 * What consoles by SSH are served with.
 *
 * @param service that has them
 * @param thread of the service
 * @param packets the thread that sends
 * @param escapeKey the code of the key beside the tilde that begins commands of the console's own
 */
record Serving(ConsoleService service, ServiceThread thread, PacketThread packets, Optional<Integer> escapeKey) {}
