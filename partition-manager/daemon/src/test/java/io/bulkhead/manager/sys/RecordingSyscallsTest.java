package io.bulkhead.manager.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordingSyscallsTest implements SyscallsContract {
    private static final Path MADE = Path.of("/tmp/bulkhead-no-such-directory");

    private final InMemorySyscalls model = new InMemorySyscalls();
    private final RecordingSyscalls recording = new RecordingSyscalls(model);

    @Override
    public Syscalls kernel() {
        return recording;
    }

    @Override
    public NoticedFile noticedFile() {
        Path path = Path.of("/sys/fs/cgroup/p-db/cgroup.events");
        model.change(path, "populated 0");
        return new NoticedFile() {
            private int changes;

            @Override
            public Path path() {
                return path;
            }

            @Override
            public void change() {
                changes++;
                model.change(path, "populated " + changes);
            }

            @Override
            public void close() {
                model.vanish(path);
            }
        };
    }

    @Test
    void failsTheCallAskedForAndNoOther() {
        recording.failCall(2, Errno.ENOSPC);

        recording.makeDirectory(MADE, 0700);
        assertThat(recording.failurePending()).isTrue();
        assertThatThrownBy(() -> recording.makeDirectory(MADE.resolve("a"), 0700))
                .hasMessage("makeDirectory(on purpose): ENOSPC (28)");
        recording.makeDirectory(MADE.resolve("a"), 0700);

        assertThat(recording.failurePending()).isFalse();
        assertThat(recording.calls()).hasSize(3).last().hasToString("makeDirectory(" + MADE.resolve("a") + ", 448)");
    }

    @Test
    void failsTheCallsThatFitARule() {
        recording.failWhen(call -> call.name().equals("setHostname"), Errno.EPERM);

        assertThatThrownBy(() -> recording.setHostname("x")).hasMessageContaining("EPERM");
        recording.bringLoopbackUp();
        assertThat(recording.calls("bringLoopbackUp")).hasSize(1);
    }

    @Test
    void saysWhatIsLeft() {
        Pipe pipe = recording.pipe();
        recording.mount("tmpfs", Path.of("/tmp"), "tmpfs", Set.of(), "");
        long pid = recording.spawn(new SpawnRequest("/bin/sleep", List.of("sleep"), Map.of(), Map.of()));
        assertThat(recording.leftovers())
                .containsExactly(
                        pipe.readEnd() + " of pipe", pipe.writeEnd() + " of pipe", "mount on /tmp", "process " + pid);
        assertThat(model.hostMounts()).containsExactly("tmpfs on /tmp");

        pipe.close();
        recording.unmount(Path.of("/tmp"), false);
        try (Fd process = recording.openProcess(pid)) {
            assertThat(recording.pollEnd(process)).isEmpty();
            recording.signal(process, 9);
            assertThat(recording.pollEnd(process)).contains(new ProcessEnd.Killed(9, false));
        }

        assertThat(recording.leftovers()).isEmpty();
        assertThat(model.hostMounts()).isEmpty();
        assertThat(model.processes()).isEmpty();
    }

    @Test
    void mountsOfAThreadThatLeftAreNotTheHosts() throws Exception {
        Thread thread = new Thread(() -> {
            recording.unshare(Set.of(Namespace.MOUNT));
            recording.mount("tmpfs", Path.of("/tmp"), "tmpfs", Set.of(), "");
        });
        thread.start();
        thread.join();

        assertThat(recording.calls("mount")).hasSize(1);
        assertThat(recording.leftovers()).isEmpty();
    }

    @Test
    void threadWithARootOfItsOwnSeesWhatWasMountedThere() throws Exception {
        Throwable[] failure = new Throwable[1];
        PseudoTerminal terminal = recording.openPseudoTerminal();
        Thread thread = new Thread(() -> {
            try {
                recording.unshare(Set.of(Namespace.MOUNT));
                recording.makeDirectory(MADE, 0755);
                recording.mount("tmpfs", MADE, "tmpfs", Set.of(), "");
                recording.makeDirectory(MADE.resolve("usr"), 0755);
                recording.makeDirectory(MADE.resolve("dev"), 0755);
                recording
                        .open(MADE.resolve("dev/console"), Set.of(OpenFlag.CREATE))
                        .close();
                recording.mount(
                        terminal.slave().toString(), MADE.resolve("dev/console"), "", Set.of(MountFlag.BIND), "");
                try (Fd tree = recording.cloneTree(Path.of("/usr"), true)) {
                    recording.setMountAttributes(tree, Set.of(), Optional.empty());
                    recording.attachTree(tree, MADE.resolve("usr"));
                }
                recording.changeDirectory(MADE);
                recording.pivotRoot(Path.of("."), Path.of("."));
                recording.unmount(Path.of("."), true);
                recording.changeDirectory(Path.of("/"));
                assertThat(recording.exists(Path.of("/usr/bin"))).isTrue();
                assertThat(recording.exists(Path.of("/etc"))).isFalse();
                try (Fd console = recording.open(Path.of("/dev/console"), Set.of(OpenFlag.READ_WRITE))) {
                    recording.write(console, new byte[] {'x'}, 0, 1);
                }
            } catch (Throwable e) {
                failure[0] = e;
            }
        });
        thread.start();
        thread.join();

        assertThat(failure[0]).isNull();
        assertThat(recording.read(terminal.master(), new byte[4], 0, 4)).isEqualTo(1);
        terminal.master().close();
        assertThat(recording.leftovers()).isEmpty();
    }

    @Test
    void holderHasAChildEndsWithItAndKeepsTheDescriptorsGiven() {
        try (Pipe gate = recording.pipe()) {
            long pid = recording.spawn(new SpawnRequest(
                    "/usr/bin/unshare", List.of("unshare", "--fork", "sh"), Map.of(), Map.of(0, gate.readEnd())));
            String children = model.contentOf(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
            try (Fd holder = recording.openProcess(pid);
                    Fd init = recording.openProcess(Long.parseLong(children.strip()));
                    Fd taken = recording.takeDescriptor(holder, 0)) {
                assertThat(recording.pollEnd(holder)).isEmpty();
                recording.write(gate.writeEnd(), new byte[] {'x'}, 0, 1);
                assertThat(recording.read(taken, new byte[4], 0, 4)).isEqualTo(1);

                recording.signal(init, 9);

                assertThat(recording.pollEnd(init)).contains(new ProcessEnd.Killed(9, false));
                assertThat(recording.pollEnd(holder)).contains(new ProcessEnd.Exited(137));
            }
        }
        assertThat(recording.leftovers()).isEmpty();
    }

    @Test
    void processEndsWithItsInputAndAMountProgramAtOnce() {
        Pipe gate = recording.pipe();
        long pid = recording.spawn(new SpawnRequest("/bin/sh", List.of("sh"), Map.of(), Map.of(0, gate.readEnd())));
        long mount = recording.spawn(new SpawnRequest("/bin/mount", List.of("mount"), Map.of(), Map.of()));
        try (Fd process = recording.openProcess(pid);
                Fd done = recording.openProcess(mount)) {
            assertThat(recording.pollEnd(done)).contains(new ProcessEnd.Exited(0));
            assertThat(recording.pollEnd(process)).isEmpty();

            gate.close();

            assertThat(recording.pollEnd(process)).contains(new ProcessEnd.Exited(98));
        }
        assertThat(recording.leftovers()).isEmpty();
    }
}
