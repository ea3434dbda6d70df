package io.bulkhead.manager.views;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The promise of views and how it is read back. Pure. */
final class ViewsPromise {
    private static final Path ROOT = Path.of("/");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String CLOCKS = "clocks";
    private static final String BOOT = "boot id";
    private static final String REMOVABLE = "its own root can take the files of /proc away, from itself alone";
    private static final String UNSEEN =
            "its own root has made more mounts than are looked through; a restart takes them away";
    private static final String NO_CLOCKS = "this kernel has no time namespaces (CONFIG_TIME_NS)";

    private final List<String> names;
    private final boolean clocks;

    /**
     * @param names of {@link ViewFiles} that are shown
     * @param clocks whether the kernel has time namespaces
     */
    ViewsPromise(List<String> names, boolean clocks) {
        this.names = List.copyOf(names);
        this.clocks = clocks;
    }

    /** What this host does. */
    Enforcement enforcement(Optional<String> lacking) {
        String ways =
                (clocks ? "time namespace, " : "") + "own boot id" + (lacking.isEmpty() ? ", lxcfs over /proc" : "");
        String exceptions = (lacking.isEmpty() ? "" : "; /proc shows the host: " + lacking.get())
                + (clocks ? "" : "; " + NO_CLOCKS);
        return new Enforcement(Resource.VIEWS, Strength.CAPPED, ways + exceptions);
    }

    /**
     * Reads it back.
     *
     * @param init process 1 on the host
     * @param table what it has mounted; empty where it is gone
     * @param ownClocks whether it has a time namespace
     * @param shown whether it was shown files of lxcfs
     * @param device of the lxcfs that runs
     * @param trouble why none runs
     */
    Promise read(
            long init,
            Optional<MountTable> table,
            boolean ownClocks,
            boolean shown,
            Optional<String> device,
            Optional<String> trouble) {
        List<String> promised = new ArrayList<>();
        List<String> held = new ArrayList<>();
        if (clocks) {
            promised.add(CLOCKS);
            if (ownClocks) {
                held.add(CLOCKS);
            }
        }
        promised.add(BOOT);
        if (table.flatMap(there -> there.on(BOOT_ID)).isPresent()) {
            held.add(BOOT);
        }
        List<String> missing = new ArrayList<>();
        if (shown) {
            names.stream()
                    .filter(name -> device.isEmpty()
                            || !table.flatMap(there -> there.on(ViewFiles.at(ROOT, name)))
                                    .map(MountTable.Mount::device)
                                    .equals(device))
                    .forEach(name -> missing.add(ViewFiles.label(name)));
            promised.add(files(names.size()));
            held.add(files(names.size() - missing.size()));
        }
        boolean seen = table.map(MountTable::isWhole).orElse(true);
        boolean all = seen && held.equals(promised);
        return new Promise(
                Resource.VIEWS,
                String.join(", ", promised),
                held.isEmpty() ? "none" : String.join(", ", held),
                Strength.CAPPED,
                all,
                "/proc/" + init + "/mountinfo",
                Optional.of(all ? exceptions(shown, trouble) : seen ? whyNot(missing, device, trouble) : UNSEEN));
    }

    private static String files(int count) {
        return count + " files of lxcfs";
    }

    private String exceptions(boolean shown, Optional<String> trouble) {
        String proc = shown
                ? REMOVABLE
                : "/proc shows the host's CPUs and memory: " + trouble.orElse("lxcfs came after it was started");
        return clocks ? proc : proc + "; " + NO_CLOCKS;
    }

    private static String whyNot(List<String> missing, Optional<String> device, Optional<String> trouble) {
        if (!missing.isEmpty() && device.isEmpty()) {
            return trouble.orElse("lxcfs has ended and is being started");
        }
        return "its own root has taken away what is missing"
                + (missing.isEmpty() ? "" : ", " + String.join(", ", missing)) + "; a restart brings it back";
    }
}
