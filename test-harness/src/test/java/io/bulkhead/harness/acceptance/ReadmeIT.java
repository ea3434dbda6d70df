package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every command that the README shows is run, in its order, against one installation. */
@Alone("it has whole CPUs, which no other instance may have")
@NotInTheLab("a JVM for every command, and the sources that the README speaks of are not there")
class ReadmeIT {
    /** Run elsewhere: the demo by {@link DemoIT}, and the tests are what is running now. */
    private static final Set<String> RUN_ELSEWHERE = Set.of("./bulkhead demo", "./dev test", "./dev test --quick");

    @Test
    void everyCommandShownWorks() throws IOException {
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(8).contains("./bulkhead demo", "./dev test");
        try (Installation host = Installation.create()) {
            for (String command : commands) {
                if (!RUN_ELSEWHERE.contains(command)) {
                    String script =
                            "cd " + Checkout.root() + "; export BULKHEAD_CONFIG=" + host.config() + "; " + command;
                    Commands.run(List.of("bash", "-c", script), "", Duration.ofSeconds(60))
                            .expect(0);
                }
            }
        }
        // What apply has remembered beside the file is about an installation that is gone.
        Files.deleteIfExists(Checkout.root().resolve("configs/partitions/.batch.yaml.applied"));
    }

    /** The lines behind a prompt in the README's blocks. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean inBlock = false;
        for (String line : Files.readAllLines(Checkout.root().resolve("README.md"))) {
            if (line.startsWith("```")) {
                inBlock = !inBlock;
            } else if (inBlock && line.startsWith("$ ")) {
                commands.add(line.substring(2));
            }
        }
        return commands;
    }
}
