package io.bulkhead.harness.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** QEMU's own control, by the QEMU Machine Protocol: works whatever state the guest is in. */
record MachineMonitor(Path socket) {
    /** Presses the machine's reset button; what is on its disks stays. */
    void reset() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            BufferedReader answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII));
            answers.readLine();
            order(channel, answers, "qmp_capabilities");
            order(channel, answers, "system_reset");
        }
    }

    private static void order(SocketChannel channel, BufferedReader answers, String name) throws IOException {
        String line = "{\"execute\": \"" + name + "\"}\n";
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
        String answer = answers.readLine();
        while (answer != null && answer.contains("\"event\"")) {
            answer = answers.readLine();
        }
        if (answer == null || !answer.contains("\"return\"")) {
            throw new IOException("QEMU answers to " + name + ": " + answer);
        }
    }
}
