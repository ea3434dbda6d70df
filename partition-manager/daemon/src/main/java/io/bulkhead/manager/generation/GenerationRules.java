package io.bulkhead.manager.generation;

import io.bulkhead.manager.generation.HostEntry.Type;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides for every path of the host's {@code /etc} and {@code /var} whether it passes into a generation.
 *
 * <p>In this order, the first that speaks decides: what is always written anew; no device, socket or fifo; masks of
 * units; the reviewed list ({@link EtcTable}) or the skeleton ({@link VarRules}); the general rule, that what the host
 * does not let everybody read does not pass; where a link leads; and for a file that is still kept, its content
 * ({@link SecretContent}). The drawback of a list is what it forgets: the general rule and the content are there for that.
 *
 * <p>Pure; any thread.
 */
final class GenerationRules {

    /** Larger files are not configuration, and cannot be searched for secrets in reasonable memory. 16 MiB. */
    static final long LARGEST_FILE_BYTES = 16L << 20;

    private static final int FIRST_HUMAN_ID = 1000;
    private static final int LAST_HUMAN_ID = 59_999;
    private static final int PARTITION_IDS = 65_536;

    /** Places a partition has too; a link elsewhere leads into the host's private directories. */
    private static final Set<String> LINK_ROOTS =
            Set.of("bin", "etc", "lib", "lib32", "lib64", "libx32", "opt", "proc", "run", "sbin", "usr", "var");

    private static final Decision.Link MTAB = new Decision.Link("../proc/self/mounts");

    private final EtcTable etc = new EtcTable();
    private final VarRules var;
    private final SecretContent secrets;
    private final Map<String, Decision> always = new LinkedHashMap<>();
    private final Map<String, Decision> replaced = new LinkedHashMap<>();

    /** Rules for the host with these facts. */
    GenerationRules(HostFacts facts) {
        this.var = new VarRules(facts.hostname());
        this.secrets = new SecretContent(facts.markers());
        Accounts accounts = Accounts.from(facts.passwd(), facts.group());
        always.put("etc/passwd", text(accounts.passwd()));
        always.put("etc/group", text(accounts.group()));
        always.put("etc/shadow", new Decision.Replace(accounts.shadow(), 0640, accounts.shadowGid()));
        always.put("etc/gshadow", new Decision.Replace(accounts.gshadow(), 0640, accounts.shadowGid()));
        always.put("etc/fstab", text("# The partition's file systems are mounted by the host before its init runs.\n"));
        always.put("etc/resolv.conf", text("# Name servers of this partition: none yet. See resolv.conf(5).\n"));
        always.put("etc/mtab", MTAB);
        always.put("var/run", new Decision.Link("/run"));
        always.put("var/lock", new Decision.Link("/run/lock"));
        always.put("var/tmp", new Decision.Directory(01777));
        for (String directory :
                List.of("var", "var/backups", "var/cache", "var/lib", "var/log", "var/opt", "var/spool")) {
            addDirectory(directory, 0755);
        }
        always.put("var/lib/dpkg", new Decision.Directory(0755));

        // Written anew only where the host has the file: no partition gets a program the host does not have.
        replaced.put("etc/sudoers", new Decision.Replace("""
        Defaults\tenv_reset
        Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        root\tALL=(ALL:ALL) ALL
        %sudo\tALL=(ALL:ALL) ALL
        @includedir /etc/sudoers.d
        """, 0440, 0));
        replaced.put("etc/securetty", text("console\n"));
        replaced.put("etc/network/interfaces", text("auto lo\niface lo inet loopback\n"));
    }

    /** What every generation has, by path, parents first, whether or not the host has something there. */
    Map<String, Decision> always() {
        return Collections.unmodifiableMap(always);
    }

    /** Decides by place and inode; a kept file or link must still pass {@link #decideContent}. */
    Decision decide(HostEntry entry) {
        String path = entry.path();
        Decision written = always.get(path);
        if (written == null) {
            written = replaced.get(path);
        }
        if (written != null && !(written instanceof Decision.Directory && keepsHostDirectory(path, entry))) {
            return written;
        }
        if (entry.type() == Type.SPECIAL) {
            return Decision.drop("device, socket or fifo");
        }
        if (path.equals("var/mail") || path.equals("var/local")) {
            return entry.isDirectory() ? Decision.empty("the host's data") : Decision.drop("not a directory");
        }
        if (path.equals("var") || path.startsWith("var/")) {
            return var.decide(entry);
        }
        return isMask(entry) ? Decision.KEEP : etc.find(path).orElseGet(() -> generally(entry));
    }

    /** Decides about what a kept file says, or about the text of a kept link. */
    Decision decideContent(byte[] content) {
        Optional<String> reason = secrets.find(content);
        return reason.map(Decision::drop).orElse(Decision.KEEP);
    }

    /** Mode in the generation: a file of configuration has no use for setuid, setgid or sticky, a directory may have. */
    static int modeOf(HostEntry entry) {
        return entry.isDirectory() ? entry.mode() : entry.mode() & 0777;
    }

    /** Owner in the generation: ids that have no account there become root. */
    static int ownerOf(int id) {
        return isForeign(id) ? 0 : id;
    }

    /** Whether an id belongs to a human user of the host or lies beyond the 65,536 ids of a partition. */
    static boolean isForeign(int id) {
        return id < 0 || id >= PARTITION_IDS || id >= FIRST_HUMAN_ID && id <= LAST_HUMAN_ID;
    }

    private Decision generally(HostEntry entry) {
        if (!entry.isReadableByAll()) {
            return Decision.drop("not readable by everybody on the host");
        }
        if (entry.type() == Type.LINK && !leadsToSharedPlace(entry)) {
            return Decision.drop("link into a private directory of the host");
        }
        return Decision.KEEP;
    }

    /** The top directories of /var are descended into where the host has them; else they are only made. */
    private static boolean keepsHostDirectory(String path, HostEntry entry) {
        return entry.isDirectory()
                && Set.of("var", "var/cache", "var/lib", "var/log", "var/spool").contains(path);
    }

    private static boolean isMask(HostEntry entry) {
        return entry.path().startsWith("etc/") && entry.linkTarget().equals("/dev/null");
    }

    private static boolean leadsToSharedPlace(HostEntry entry) {
        String target = entry.linkTarget();
        String parent = entry.path().substring(0, entry.path().lastIndexOf('/') + 1);
        Deque<String> place = new ArrayDeque<>();
        for (String name : (target.startsWith("/") ? target : parent + target).split("/+")) {
            if (name.equals("..")) {
                // ".." of the root is the root.
                place.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                place.addLast(name);
            }
        }
        return !place.isEmpty() && LINK_ROOTS.contains(place.getFirst());
    }

    private void addDirectory(String path, int mode) {
        always.put(path, new Decision.Directory(mode));
    }

    private static Decision.Replace text(String content) {
        return new Decision.Replace(content, 0644, 0);
    }
}
