package io.bulkhead.console.cli;

/** How many bytes may be typed now; safe for several threads. */
final class InputCredit {
    private int bytes;

    /** A new connection has its own. */
    synchronized void begin(int fresh) {
        bytes = fresh;
        notifyAll();
    }

    synchronized void add(int more) {
        bytes += more;
        notifyAll();
    }

    /** Takes some of what is wanted, 1 byte at least; waits for that. */
    synchronized int take(int wanted) throws InterruptedException {
        while (bytes == 0) {
            wait();
        }
        int taken = Math.min(wanted, bytes);
        bytes -= taken;
        return taken;
    }
}
