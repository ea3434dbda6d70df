package io.bulkhead.manager.sys.jna;

import com.sun.jna.Native;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The one place where a call's result is judged: -1 becomes an {@link ErrnoException}, EINTR becomes a new attempt. */
final class Checked {
    /** A call that answers -1 and sets errno when it fails. */
    @FunctionalInterface
    interface Call {
        long make();
    }

    private Checked() {}

    /**
     * Makes a call until it is not interrupted.
     *
     * @param name as in its man page
     * @param subject what it acts on; a path is quoted
     * @return what it answered, never -1
     */
    static long call(String name, Object subject, Call call) {
        return call(name, () -> subject, call);
    }

    /** The same for what a start calls often: the subject is put together only when the call has failed. */
    static long call(String name, Supplier<Object> subject, Call call) {
        while (true) {
            long answer = call.make();
            if (answer != -1) {
                return answer;
            }
            int errno = Native.getLastError();
            if (errno != Errno.EINTR.number()) {
                throw failure(name, errno, subject.get());
            }
        }
    }

    /** The exception for a call that has failed. */
    static ErrnoException failure(String name, int number, Object subject) {
        Errno errno = new Errno(number);
        String text = subject instanceof Path path ? "\"" + path + "\"" : subject.toString();
        return new ErrnoException(name, errno, text, Hints.hint(name, errno));
    }

    /**
     * Text that may cross into C.
     *
     * @throws IllegalArgumentException if it holds a NUL, where C would end it
     */
    static String text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL in \"" + text.replace('\0', '?') + "\"");
        }
        return text;
    }
}
