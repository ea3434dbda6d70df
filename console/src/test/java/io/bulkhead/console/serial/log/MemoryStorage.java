package io.bulkhead.console.serial.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files in memory, with a disk of limited size that can be told to fail: a write that fails has written a part, as a full
 * disk does it.
 */
final class MemoryStorage implements Storage {
    private final Map<String, Content> files = new TreeMap<>();
    private long room = Long.MAX_VALUE;
    private int failing = -1;
    private int failures;
    private int calls;
    private long most;

    private static final class Content {
        private byte[] bytes = new byte[0];
    }

    /** A disk that has room for so many bytes more. */
    synchronized void roomFor(long bytes) {
        room = bytes;
    }

    /** Has the k-th call from now, and so many after it, fail; 0 is the next. */
    synchronized void failAt(int call, int count) {
        calls = 0;
        failing = call;
        failures = count;
    }

    synchronized long mostBytes() {
        return most;
    }

    synchronized long bytes() {
        return files.values().stream().mapToLong(file -> file.bytes.length).sum();
    }

    synchronized byte[] content(String name) {
        return files.get(name).bytes.clone();
    }

    synchronized void put(String name, byte[] bytes) {
        files.computeIfAbsent(name, made -> new Content()).bytes = bytes.clone();
    }

    /** The same files, apart. */
    synchronized MemoryStorage copy() {
        MemoryStorage copy = new MemoryStorage();
        files.forEach((name, file) -> copy.put(name, file.bytes));
        return copy;
    }

    synchronized Map<String, Integer> contents() {
        Map<String, Integer> hashes = new HashMap<>();
        files.forEach((name, file) -> hashes.put(name, Arrays.hashCode(file.bytes)));
        return hashes;
    }

    private boolean fails() {
        int call = calls++;
        return failing >= 0 && call >= failing && call < failing + failures;
    }

    private void call(String what) throws IOException {
        if (fails()) {
            throw new IOException(what + " failed as told");
        }
    }

    private Content found(String name) throws IOException {
        Content file = files.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return file;
    }

    @Override
    public synchronized Set<String> names() {
        return new TreeSet<>(files.keySet());
    }

    @Override
    public synchronized StoredFile create(String name) throws IOException {
        call("create");
        Content file = files.computeIfAbsent(name, made -> new Content());
        file.bytes = new byte[0];
        return new Opened(file);
    }

    @Override
    public synchronized StoredFile open(String name) throws IOException {
        call("open");
        return new Opened(found(name));
    }

    @Override
    public synchronized StoredFile openForReading(String name) throws IOException {
        return new Opened(found(name));
    }

    @Override
    public synchronized long size(String name) throws IOException {
        return found(name).bytes.length;
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        call("delete");
        files.remove(name);
    }

    @Override
    public synchronized void force() throws IOException {
        call("force");
    }

    private final class Opened implements StoredFile {
        private final Content content;

        Opened(Content content) {
            this.content = content;
        }

        @Override
        public long size() {
            synchronized (MemoryStorage.this) {
                return content.bytes.length;
            }
        }

        @Override
        public void read(ByteBuffer into, long position) {
            synchronized (MemoryStorage.this) {
                int from = (int) Math.min(position, content.bytes.length);
                into.put(content.bytes, from, Math.min(into.remaining(), content.bytes.length - from));
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (MemoryStorage.this) {
                boolean failing = fails();
                long wanted = position + from.remaining() - content.bytes.length;
                boolean isFull = wanted > room;
                int count =
                        isFull || failing ? (int) Math.min(from.remaining() / 2, Math.max(0, room)) : from.remaining();
                int end = (int) position + count;
                int grown = Math.max(0, end - content.bytes.length);
                room = room == Long.MAX_VALUE ? room : room - grown;
                content.bytes = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length));
                from.get(content.bytes, (int) position, count);
                most = Math.max(most, bytes());
                if (failing || isFull) {
                    throw new IOException(isFull ? "No space left on device" : "write failed as told");
                }
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (MemoryStorage.this) {
                call("truncate");
                content.bytes = Arrays.copyOf(content.bytes, (int) size);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (MemoryStorage.this) {
                call("force");
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
