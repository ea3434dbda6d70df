package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.sys.Errno;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares every constant and structure of the adapter with what this machine's own headers say; needs a C compiler. */
class ConstantsIT {
    private static final Path COMPILER = Path.of("/usr/bin/cc");

    private static final List<Class<?>> HOLDERS = List.of(
            BpfHeader.class,
            FcntlHeader.class,
            MountHeader.class,
            NetlinkHeader.class,
            PidfdHeader.class,
            PollHeader.class,
            LoopHeader.class,
            SchedHeader.class,
            SocketHeader.class,
            SpawnHeader.class,
            SyscallHeader.class,
            TerminalHeader.class,
            TreeHeader.class,
            WaitHeader.class);

    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/bpf.h>
            #include <linux/keyctl.h>
            #include <linux/loop.h>
            #include <linux/netlink.h>
            #include <linux/openat2.h>
            #include <linux/sockios.h>
            #include <net/if.h>
            #include <poll.h>
            #include <sched.h>
            #include <signal.h>
            #include <spawn.h>
            #include <stddef.h>
            #include <stdint.h>
            #include <stdio.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/ioctl.h>
            #include <sys/mount.h>
            #include <sys/prctl.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/wait.h>
            """;

    /** What this machine's headers may be too old for; linux/pidfd.h is that of Linux 6.15. */
    private static final String NEWER = """
            #ifndef MOUNT_ATTR_IDMAP /* glibc 2.35 and older leave them to the kernel's header */
            #include <linux/mount.h>
            #endif
            #ifndef PIDFD_GET_INFO
            struct pidfd_info {
                uint64_t mask, cgroupid;
                uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
                int32_t exit_code;
            };
            #define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
            #define PIDFD_INFO_EXIT (1UL << 3)
            #endif
            """;

    @TempDir
    Path directory;

    @Test
    void agreeWithTheHeadersOfThisMachine() throws Exception {
        assumeTrue(Files.isExecutable(COMPILER), "no C compiler at " + COMPILER);
        Map<String, Long> ours = new LinkedHashMap<>();
        for (Class<?> holder : HOLDERS) {
            ours.putAll(constants(holder));
        }
        addErrorNumbers(ours);
        addStructures(ours);

        Map<String, Long> theirs = compileAndRun(ours.keySet());

        assertThat(ours).hasSizeGreaterThan(100).isEqualTo(theirs);
    }

    private static Map<String, Long> constants(Class<?> holder) throws IllegalAccessException {
        Map<String, Long> constants = new LinkedHashMap<>();
        for (Field field : holder.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType().isPrimitive()) {
                constants.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        return constants;
    }

    private static void addErrorNumbers(Map<String, Long> ours) throws IllegalAccessException {
        for (Field field : Errno.class.getFields()) {
            if (field.get(null) instanceof Errno errno) {
                ours.put(field.getName(), (long) errno.number());
                assertThat(errno).hasToString(field.getName() + " (" + errno.number() + ")");
            }
        }
    }

    private static void addStructures(Map<String, Long> ours) {
        ours.put("S_IFCHR", (long) FileSystemCalls.S_IFCHR);
        ours.put("sizeof(posix_spawnattr_t)", (long) SpawnCalls.ATTRIBUTES_SIZE);
        ours.put("sizeof(posix_spawn_file_actions_t)", (long) SpawnCalls.FILE_ACTIONS_SIZE);
        ours.put("sizeof(sigset_t)", (long) SpawnCalls.SIGNAL_SET_SIZE);
        ours.put("sizeof(struct mount_attr)", (long) MountCalls.MountAttr.SIZE);
        ours.put("offsetof(struct mount_attr, attr_set)", (long) MountCalls.MountAttr.ATTR_SET);
        ours.put("offsetof(struct mount_attr, propagation)", (long) MountCalls.MountAttr.PROPAGATION);
        ours.put("offsetof(struct mount_attr, userns_fd)", (long) MountCalls.MountAttr.USERNS_FD);
        ours.put("sizeof(struct open_how)", (long) FileCalls.OpenHow.SIZE);
        ours.put("offsetof(struct open_how, flags)", (long) FileCalls.OpenHow.FLAGS);
        ours.put("offsetof(struct open_how, resolve)", (long) FileCalls.OpenHow.RESOLVE);
        ours.put("offsetof(union bpf_attr, prog_name)", (long) BpfCalls.Attr.PROG_NAME);
        ours.put("offsetof(union bpf_attr, insns)", (long) BpfCalls.Attr.INSNS);
        ours.put("offsetof(union bpf_attr, license)", (long) BpfCalls.Attr.LICENSE);
        ours.put("offsetof(union bpf_attr, attach_type)", (long) BpfCalls.Attr.ATTACH_TYPE);
        ours.put("offsetof(union bpf_attr, attach_flags)", (long) BpfCalls.Attr.ATTACH_FLAGS);
        ours.put("offsetof(union bpf_attr, info.info)", (long) BpfCalls.Attr.INFO);
        ours.put("offsetof(union bpf_attr, query.prog_ids)", (long) BpfCalls.Attr.PROG_IDS);
        ours.put("offsetof(union bpf_attr, query.prog_cnt)", (long) BpfCalls.Attr.PROG_CNT);
        ours.put("offsetof(struct bpf_prog_info, tag)", (long) BpfCalls.Info.TAG);
        ours.put("offsetof(struct bpf_prog_info, name)", (long) BpfCalls.Info.NAME);
        ours.put("S_IFBLK", (long) FileSystemCalls.S_IFBLK);
        ours.put("sizeof(struct statx)", (long) FileSystemCalls.StatX.SIZE);
        ours.put("offsetof(struct statx, stx_blocks)", (long) FileSystemCalls.StatX.BLOCKS);
        ours.put("sizeof(struct loop_config)", (long) LoopCalls.LoopConfig.SIZE);
        ours.put("offsetof(struct loop_config, fd)", (long) LoopCalls.LoopConfig.FILE);
        ours.put("offsetof(struct loop_config, block_size)", (long) LoopCalls.LoopConfig.SECTOR_SIZE);
        ours.put("offsetof(struct loop_config, info.lo_flags)", (long) LoopCalls.LoopConfig.FLAGS);
        ours.put("sizeof(struct ifreq)", (long) ThreadCalls.InterfaceRequest.SIZE);
        ours.put("offsetof(struct ifreq, ifr_name)", (long) ThreadCalls.InterfaceRequest.NAME);
        ours.put("offsetof(struct ifreq, ifr_flags)", (long) ThreadCalls.InterfaceRequest.FLAGS);
        ours.put("sizeof(siginfo_t)", (long) ProcessCalls.SigInfo.SIZE);
        ours.put("offsetof(siginfo_t, si_code)", (long) ProcessCalls.SigInfo.CODE);
        ours.put("offsetof(siginfo_t, si_pid)", (long) ProcessCalls.SigInfo.PID);
        ours.put("offsetof(siginfo_t, si_status)", (long) ProcessCalls.SigInfo.STATUS);
        ours.put("offsetof(struct pidfd_info, mask)", (long) ProcessCalls.PidfdInfo.MASK);
        ours.put("offsetof(struct pidfd_info, exit_code)", (long) ProcessCalls.PidfdInfo.EXIT_CODE);
        ours.put("sizeof(struct statx)", (long) JnaTreeCalls.Statx.SIZE);
        ours.put("offsetof(struct statx, stx_uid)", (long) JnaTreeCalls.Statx.UID);
        ours.put("offsetof(struct statx, stx_gid)", (long) JnaTreeCalls.Statx.GID);
        ours.put("offsetof(struct statx, stx_mode)", (long) JnaTreeCalls.Statx.MODE);
        ours.put("offsetof(struct statx, stx_ino)", (long) JnaTreeCalls.Statx.INODE);
        ours.put("offsetof(struct statx, stx_size)", (long) JnaTreeCalls.Statx.SIZE_BYTES);
        ours.put("offsetof(struct statx, stx_dev_major)", (long) JnaTreeCalls.Statx.DEV_MAJOR);
        ours.put("offsetof(struct statx, stx_dev_minor)", (long) JnaTreeCalls.Statx.DEV_MINOR);
        ours.put("sizeof(struct winsize)", (long) TerminalCalls.WinSize.SIZE);
        ours.put("offsetof(struct winsize, ws_row)", (long) TerminalCalls.WinSize.ROWS);
        ours.put("offsetof(struct winsize, ws_col)", (long) TerminalCalls.WinSize.COLUMNS);
        ours.put("sizeof(struct epoll_event)", (long) PollCalls.EpollEvent.SIZE);
        ours.put("offsetof(struct epoll_event, events)", (long) PollCalls.EpollEvent.EVENTS);
        ours.put("offsetof(struct epoll_event, data)", (long) PollCalls.EpollEvent.DATA);
        ours.put("sizeof(struct pollfd)", (long) PollCalls.PollFd.SIZE);
        ours.put("offsetof(struct pollfd, fd)", (long) PollCalls.PollFd.FD);
        ours.put("offsetof(struct pollfd, events)", (long) PollCalls.PollFd.EVENTS);
        ours.put("offsetof(struct pollfd, revents)", (long) PollCalls.PollFd.RETURNED_EVENTS);
    }

    /** Prints each expression with C's own value, cut to the width that ours has. */
    private Map<String, Long> compileAndRun(Iterable<String> expressions) throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder(HEADERS).append(NEWER).append("int main(void) {\n");
        for (String expression : expressions) {
            boolean request = expression.startsWith("TIOC") || expression.startsWith("PIDFD_GET");
            source.append("    printf(\"%s=%lld\\n\", \"")
                    .append(expression)
                    .append("\", (long long) ")
                    // Requests of ioctl are unsigned in C and an int here; the kernel looks at 32 bits.
                    .append(request ? "(int) " : "")
                    .append('(')
                    .append(expression)
                    .append("));\n");
        }
        Path file = directory.resolve("constants.c");
        Files.writeString(file, source.append("    return 0;\n}\n"));
        Path program = directory.resolve("constants");
        run(COMPILER.toString(), "-o", program.toString(), file.toString());
        return run(program.toString())
                .lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(
                        parts -> parts[0], parts -> Long.parseLong(parts[1]), (a, b) -> a, LinkedHashMap::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
        return output;
    }
}
