package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.sys.ProcessEnd;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HolderProgramTest {
    private static final Restraints RESTRAINTS = new Restraints("0600000000000000", List.of(), Map.of(), List.of());

    @Test
    void endsWithAReasonWhereNobodyCanTellItToGoOn() throws Exception {
        Process holder =
                new ProcessBuilder(HolderProgram.command(true, false, RESTRAINTS, List.of("/bin/true"))).start();

        assertThat(HolderProgram.reason(new ProcessEnd.Exited(holder.waitFor())))
                .isEqualTo("the holder exited with status 90: it was not told to go on");
    }

    @Test
    void tellsWhatTheKernelRefusedAndWhatToLookAt() {
        assertThat(HolderProgram.reason(new ProcessEnd.Exited(93))).endsWith("are user.max_*_namespaces used up?");
        assertThat(HolderProgram.reason(new ProcessEnd.Exited(94))).endsWith("are its groups' tasks used up?");
    }
}
