package io.bulkhead.harness.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Numbers of system calls for drills; asm/unistd.h of x86-64 and of arm64. */
final class Calls {
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");

    private static final Map<String, List<Integer>> NUMBERS = new TreeMap<>(Map.ofEntries(
            Map.entry("init_module", List.of(175, 105)),
            Map.entry("finit_module", List.of(313, 273)),
            Map.entry("delete_module", List.of(176, 106)),
            Map.entry("kexec_load", List.of(246, 104)),
            Map.entry("kexec_file_load", List.of(320, 294)),
            Map.entry("bpf", List.of(321, 280)),
            Map.entry("perf_event_open", List.of(298, 241)),
            Map.entry("acct", List.of(163, 89)),
            Map.entry("swapon", List.of(167, 224)),
            // There is none on arm64; acct stands in for it.
            Map.entry("iopl", List.of(172, 89)),
            Map.entry("quotactl", List.of(179, 60)),
            Map.entry("keyctl", List.of(250, 219)),
            Map.entry("add_key", List.of(248, 217)),
            Map.entry("syslog", List.of(103, 116)),
            Map.entry("kill", List.of(62, 129)),
            Map.entry("pidfd_open", List.of(434, 434)),
            Map.entry("ptrace", List.of(101, 117)),
            Map.entry("process_vm_readv", List.of(310, 270)),
            Map.entry("process_vm_writev", List.of(311, 271)),
            Map.entry("move_pages", List.of(279, 239)),
            Map.entry("unshare", List.of(272, 97)),
            Map.entry("clone", List.of(56, 220)),
            Map.entry("clone3", List.of(435, 435)),
            Map.entry("io_uring_setup", List.of(425, 425)),
            Map.entry("userfaultfd", List.of(323, 282)),
            Map.entry("open_by_handle_at", List.of(304, 265)),
            Map.entry("socket", List.of(41, 198)),
            Map.entry("clock_settime", List.of(227, 112)),
            Map.entry("settimeofday", List.of(164, 170)),
            Map.entry("inotify_init1", List.of(294, 26)),
            Map.entry("openat", List.of(257, 56)),
            Map.entry("sched_setscheduler", List.of(144, 119)),
            Map.entry("setpriority", List.of(141, 140)),
            Map.entry("ioprio_set", List.of(251, 30)),
            Map.entry("reboot", List.of(169, 142)),
            Map.entry("mount", List.of(165, 40)),
            Map.entry("umount2", List.of(166, 39)),
            Map.entry("pivot_root", List.of(155, 41)),
            Map.entry("renameat2", List.of(316, 276)),
            Map.entry("open_tree", List.of(428, 428)),
            Map.entry("move_mount", List.of(429, 429)),
            Map.entry("fsopen", List.of(430, 430)),
            Map.entry("fsconfig", List.of(431, 431)),
            Map.entry("mount_setattr", List.of(442, 442))));

    private static final String OTHER_ARCHITECTURES = """
            #include <stdio.h>
            int main(void) {
                long answer;
                __asm__ volatile("int $0x80" : "=a"(answer) : "a"(357L), "b"(0L), "c"(0L), "d"(0L) : "memory");
                printf("i386 %d\\n", (int) answer);
                __asm__ volatile("syscall" : "=a"(answer) : "a"(0x40000000L | 321), "D"(0L), "S"(0L), "d"(0L)
                    : "rcx", "r11", "memory");
                printf("x32 %d\\n", (int) answer);
                return 0;
            }
            """;

    private Calls() {}

    /** As the pairs of a Perl hash. */
    static String ofThisMachine() {
        return NUMBERS.entrySet().stream()
                .map(call -> call.getKey() + " => " + call.getValue().get(X86 ? 0 : 1))
                .collect(Collectors.joining(", "));
    }

    /** A program, made in a directory, that calls bpf(2) as 32-bit ones do, and those of x32; empty where it cannot be made. */
    static Optional<String> ofOtherArchitectures(Path directory) {
        if (!X86 || !Files.isExecutable(Path.of("/usr/bin/cc"))) {
            return Optional.empty();
        }
        try {
            Path source = Files.writeString(directory.resolve("calls.c"), OTHER_ARCHITECTURES);
            Path program = directory.resolve("calls");
            Commands.run(List.of("/usr/bin/cc", "-o", program.toString(), source.toString()), "", Patience.seconds(60))
                    .expect(0);
            return Optional.of(program.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
