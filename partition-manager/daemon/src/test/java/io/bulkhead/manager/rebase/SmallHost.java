package io.bulkhead.manager.rebase;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.generation.GenerationStore;
import io.bulkhead.manager.generation.PartitionIdentity;
import io.bulkhead.manager.generation.Steps;
import io.bulkhead.manager.generation.TreeRemoval;
import io.bulkhead.manager.sys.TreeCalls;
import io.bulkhead.manager.sys.jna.JnaTreeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A host of few files, a store, and a partition that was made of it. */
final class SmallHost {
    static final PartitionName DB = new PartitionName("db");

    private static final PartitionIdentity IDENTITY = PartitionIdentity.fresh("db");

    final Path root;
    final Path own;
    final GenerationStore store;
    final TreeCalls calls = new JnaTreeCalls();
    final String base;

    SmallHost(Path directory) throws IOException {
        root = directory.resolve("host");
        own = directory.resolve("partitions/db");
        store = new GenerationStore(directory.resolve("store"));
        write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\n");
        write("etc/group", "root:x:0:\ndaemon:x:1:\nshadow:x:42:\n");
        write("etc/machine-id", "00112233445566778899aabbccddeeff\n");
        write("etc/hostname", "myhost\n");
        write("etc/issue", "one\n");
        write("etc/profile", "old\n");
        write("etc/app/app.conf", "a=1\n");
        write("etc/app/other.conf", "b=1\n");
        write("etc/gone/x", "x\n");
        link("etc/localtime", "/usr/share/zoneinfo/UTC");
        Files.createDirectories(root.resolve("var/lib/app"));
        Files.createDirectories(root.resolve("var/lib/old"));
        Files.createDirectories(root.resolve("var/log"));
        packages("app", "1");
        Files.createDirectories(own.getParent());
        base = capture();
        materialise();
    }

    /** Makes the partition's files of the first generation. */
    void materialise() throws IOException {
        store.materialise(store.find(base).orElseThrow(), own, IDENTITY);
    }

    String capture() throws IOException {
        return store.capture(root).name();
    }

    GenerationOffice office() {
        return office(Steps.ALL);
    }

    GenerationOffice office(Steps steps) {
        return new GenerationOffice(store, root, name -> calls.openRoot(own), calls, steps);
    }

    void packages(String... namesAndVersions) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < namesAndVersions.length; i += 2) {
            text.append("Package: ").append(namesAndVersions[i]).append("\nStatus: install ok installed\n");
            text.append("Architecture: amd64\nVersion: ")
                    .append(namesAndVersions[i + 1])
                    .append("\n\n");
        }
        write("var/lib/dpkg/status", text.toString());
    }

    /** The host is another one in each way that can be merged. */
    void upgrade() throws IOException {
        write("etc/issue", "two\n");
        write("etc/new/new.conf", "n=1\n");
        write(
                "etc/passwd",
                "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\napp:x:101:1::/:/bin/sh\n");
        remove(root.resolve("etc/gone"));
        Files.delete(root.resolve("etc/localtime"));
        link("etc/localtime", "/usr/share/zoneinfo/CET");
        Files.createDirectories(root.resolve("var/lib/new"));
        remove(root.resolve("var/lib/old"));
        packages("app", "2", "more", "1");
    }

    /** The partition is another one, in no way that conflicts with {@link #upgrade}. */
    void useIt() throws IOException {
        put("etc/app/app.conf", "a=mine\n");
        put("etc/mine/mine.conf", "m\n");
        put("var/lib/app/data", "data\n");
        Files.delete(own.resolve("etc/app/other.conf"));
        put("etc/passwd", Files.readString(own.resolve("etc/passwd")) + "me:x:1000:1000::/home/me:/bin/sh\n");
    }

    void write(String path, String text) throws IOException {
        write(root.resolve(path), text);
    }

    void put(String path, String text) throws IOException {
        write(own.resolve(path), text);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String path, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }

    String has(String path) throws IOException {
        return Files.readString(own.resolve(path));
    }

    boolean isThere(String path) {
        return Files.exists(own.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    static void remove(Path tree) throws IOException {
        TreeRemoval.remove(tree);
    }

    /** Everything that the partition sees, with kind, mode, owner and content. */
    SortedMap<String, String> picture() throws IOException {
        SortedMap<String, String> picture = new TreeMap<>();
        for (String top : new String[] {"etc", "var", "home", "root", "srv"}) {
            try (Stream<Path> all = Files.walk(own.resolve(top))) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    Map<String, Object> stat =
                            Files.readAttributes(each, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
                    String content = Files.isSymbolicLink(each)
                            ? Files.readSymbolicLink(each).toString()
                            : Files.isRegularFile(each) ? Files.readString(each) : "";
                    picture.put(own.relativize(each).toString(), new TreeMap<>(stat) + " " + content);
                }
            }
        }
        return picture;
    }

    /** What stands beside the partition's own directories. */
    Stream<String> beside() throws IOException {
        try (Stream<Path> all = Files.list(own)) {
            return all
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("."))
                    .toList()
                    .stream();
        }
    }
}
