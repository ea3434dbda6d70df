package io.bulkhead.manager.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A record store whose disk can fail, or lose power, before any single step. */
public final class FaultyRecords {
    private FaultyRecords() {}

    /** Called before each step of the disk; fails it by throwing. */
    @FunctionalInterface
    public interface BeforeStep {
        void step(String name) throws IOException;
    }

    public static RecordStore at(Path directory, BeforeStep before) {
        return new RecordStore(directory, new Disk() {
            @Override
            void write(Path file, byte[] bytes, boolean durable) throws IOException {
                before.step("open " + file.getFileName());
                Files.write(file, new byte[0]);
                before.step("write half of " + file.getFileName());
                Files.write(
                        file, java.util.Arrays.copyOf(bytes, bytes.length / 2), StandardOpenOption.TRUNCATE_EXISTING);
                before.step("write " + file.getFileName());
                super.write(file, bytes, durable);
            }

            @Override
            void rename(Path from, Path to) throws IOException {
                before.step("rename " + from.getFileName());
                super.rename(from, to);
            }

            @Override
            void remove(Path file) throws IOException {
                before.step("remove " + file.getFileName());
                super.remove(file);
            }

            @Override
            void sync(Path directory) throws IOException {
                before.step("sync");
                super.sync(directory);
            }
        });
    }
}
