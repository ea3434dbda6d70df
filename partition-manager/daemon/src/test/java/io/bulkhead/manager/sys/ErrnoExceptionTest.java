package io.bulkhead.manager.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErrnoExceptionTest {
    @Test
    void readsLikeTheCallThatFailed() {
        ErrnoException failure = new ErrnoException("pivot_root", Errno.EBUSY, "\"/run/x\"");

        assertThat(failure).hasMessage("pivot_root(\"/run/x\"): EBUSY (16)");
        assertThat(failure.call()).isEqualTo("pivot_root");
        assertThat(failure.errno()).isEqualTo(Errno.EBUSY);
        assertThat(failure.is(Errno.EBUSY)).isTrue();
        assertThat(failure.is(Errno.EPERM)).isFalse();
    }

    @Test
    void saysWhatAnAdministratorCanDo() {
        ErrnoException failure =
                new ErrnoException("open", Errno.EMFILE, "\"/x\"", Optional.of("raise the limit of open files"));

        assertThat(failure).hasMessage("open(\"/x\"): EMFILE (24); raise the limit of open files");
    }

    @Test
    void namesErrorsItDoesNotKnowByNumber() {
        assertThat(new Errno(4095)).hasToString("errno (4095)");
        assertThat(new Errno(1)).isEqualTo(Errno.EPERM);
    }
}
