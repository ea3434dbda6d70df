package io.bulkhead.manager.sys;

/** How a process ended; waitid(2). */
public sealed interface ProcessEnd {
    record Exited(int status) implements ProcessEnd {
        @Override
        public String toString() {
            return "exited with status " + status;
        }
    }

    record Killed(int signal, boolean coreDumped) implements ProcessEnd {
        @Override
        public String toString() {
            return "killed by signal " + signal + (coreDumped ? ", core dumped" : "");
        }
    }

    /** It ended, and nobody can say how: it was not our child and the kernel does not tell. */
    record Unknown() implements ProcessEnd {
        @Override
        public String toString() {
            return "ended, its status is unknown";
        }
    }

    /** 0 to 255 as a shell would give it; 255 where it is unknown. */
    default int shellStatus() {
        if (this instanceof Exited exited) {
            return exited.status();
        }
        return this instanceof Killed killed ? 128 + killed.signal() : 255;
    }
}
