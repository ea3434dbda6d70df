package io.bulkhead.manager.mount;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the plan must know of the host's file tree.
 *
 * @param rootLinks links in {@code /} that lead into /usr (Debian's usr-merge), with what they point to
 * @param rootDirectories those of the same names that are directories: a host without usr-merge
 * @param present which of the paths that {@link MountPlan} may mask, lock or show exist here
 */
public record HostLayout(Map<String, String> rootLinks, Set<String> rootDirectories, Set<String> present) {
    private static final List<String> ROOT_NAMES = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    public HostLayout {
        rootLinks = Map.copyOf(rootLinks);
        rootDirectories = Set.copyOf(rootDirectories);
        present = Set.copyOf(present);
    }

    /**
     * Looks at a host.
     *
     * @param root of the host's tree, {@code /} but in tests
     */
    public static HostLayout read(Path root) {
        Map<String, String> links = new TreeMap<>();
        Set<String> directories = new TreeSet<>();
        for (String name : ROOT_NAMES) {
            Path path = root.resolve(name);
            if (Files.isSymbolicLink(path)) {
                links.put(name, linkTarget(path));
            } else if (Files.isDirectory(path)) {
                directories.add(name);
            }
        }
        Set<String> present = new TreeSet<>();
        for (String path : MountPlan.optionalPaths()) {
            if (Files.exists(root.resolve(path.substring(1)), LinkOption.NOFOLLOW_LINKS)) {
                present.add(path);
            }
        }
        return new HostLayout(links, directories, present);
    }

    private static String linkTarget(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the link " + link, e);
        }
    }
}
