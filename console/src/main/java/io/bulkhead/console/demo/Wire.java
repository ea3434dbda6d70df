package io.bulkhead.console.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The host's end of a transfer over the network. Its threads can be interrupted. */
final class Wire {
    private static final Duration CONNECTING = Duration.ofSeconds(8);
    private static final long POLL_MILLIS = 50;
    private static final int PIECE = 65_536;

    private Wire() {}

    /** Connects as soon as somebody listens. */
    private static SocketChannel connect(InetSocketAddress address) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CONNECTING.toNanos();
        while (true) {
            try {
                return SocketChannel.open(address);
            } catch (java.net.ConnectException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /** Writes as fast as it goes for a while. */
    static void write(InetSocketAddress address, Duration time) throws IOException, InterruptedException {
        try (SocketChannel channel = connect(address)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                piece.clear();
                channel.write(piece);
            }
        }
    }

    /** Reads as fast as it comes for a while, and tells how much that was. */
    static Probes.Transfer read(InetSocketAddress address, Duration time) throws IOException, InterruptedException {
        try (SocketChannel channel = connect(address)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            long begun = System.nanoTime();
            long bytes = 0;
            while (System.nanoTime() - begun < time.toNanos()) {
                piece.clear();
                int count = channel.read(piece);
                if (count < 0) {
                    break;
                }
                bytes += count;
            }
            return new Probes.Transfer(bytes, (System.nanoTime() - begun) / 1000);
        }
    }
}
