package io.bulkhead.manager;

import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that only loads what a manager would load, for the archive of classes that the launcher makes of it: a JVM that
 * maps its classes starts sooner and needs less memory. It touches nothing outside the process.
 */
final class Training {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    private Training() {}

    /** Loads every class of ours, and exercises what brings many of others along. */
    static void run() throws IOException {
        for (Class<?> member : List.of(Main.class, Order.class, Settings.class)) {
            loadAllBeside(member);
        }
        SettingsLoader.defaults(Map.of());
        // Its constructor binds and warms up the system calls.
        new JnaSyscalls();
        exchange();
        LOG.atDebug().addKeyValue("step", "training").log("Done");
    }

    /** Every class in the jar of one; nothing where the classes are in no jar, since only those of jars are archived. */
    private static void loadAllBeside(Class<?> member) throws IOException {
        Path jar;
        try {
            jar = Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        if (!Files.isRegularFile(jar)) {
            return;
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && !name.contains("-info"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .forEach(Training::load);
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // One class less in the archive.
            LOG.atDebug().addKeyValue("reason", e.toString()).log("A class cannot be loaded");
        }
    }

    /** What goes over the socket at a start, there and back. */
    private static void exchange() {
        PartitionName name = new PartitionName("training");
        List<Frame> frames = List.of(
                Frame.greeting(new Greeting(Greeting.PROTOCOL, new InstanceName("training"), "0")),
                Frame.order(new Order.StartPartition(name)),
                Frame.order(new Order.OpenConsole(name, "training", false, false, 0, true)),
                Frame.reply(new Reply.Refused(Problem.of(ProblemCode.FAILED, "training"))));
        FrameDecoder decoder = new FrameDecoder();
        frames.forEach(frame -> decoder.feed(frame.toBytes()));
        frames.get(1).as(Order.class);
        frames.get(2).as(Order.class);
        frames.get(3).as(Reply.class);
    }
}
