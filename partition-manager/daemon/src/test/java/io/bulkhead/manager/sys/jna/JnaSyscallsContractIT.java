package io.bulkhead.manager.sys.jna;

import io.bulkhead.manager.sys.RecordingSyscalls;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.SyscallsContract;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** The real kernel keeps the contract that the model keeps, plain and under the recorder. */
class JnaSyscallsContractIT {
    @Nested
    class Plain implements SyscallsContract {
        private final JnaSyscalls kernel = new JnaSyscalls();

        @Override
        public Syscalls kernel() {
            return kernel;
        }

        @Override
        public NoticedFile noticedFile() throws IOException {
            return LiveNoticedFile.make();
        }
    }

    @Nested
    class Recorded implements SyscallsContract {
        private final RecordingSyscalls kernel = new RecordingSyscalls(new JnaSyscalls());

        @Override
        public Syscalls kernel() {
            return kernel;
        }

        @Override
        public NoticedFile noticedFile() throws IOException {
            return LiveNoticedFile.make();
        }
    }
}
