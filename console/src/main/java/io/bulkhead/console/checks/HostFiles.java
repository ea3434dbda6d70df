package io.bulkhead.console.checks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files of the kernel and the system below a root; what cannot be read is not there. */
final class HostFiles {
    private final Path root;

    HostFiles(Path root) {
        this.root = root;
    }

    /** A path of the host, below the root. */
    Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    boolean exists(String absolute) {
        return Files.exists(at(absolute));
    }

    Optional<String> text(String absolute) {
        // A number below /proc/sys is there for the first read only (sysctl's handlers know no offset), and
        // Files.readString begins with a single byte where the size is 0, as it is for such files.
        try (InputStream in = Files.newInputStream(at(absolute))) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Optional<Long> number(String absolute) {
        return text(absolute).filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong);
    }

    /** The names in a directory, sorted. */
    List<String> names(String absolute) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at(absolute))) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** Who owns a file on the host. */
    Optional<Long> owner(String absolute) {
        try {
            return Files.getAttribute(at(absolute), "unix:uid") instanceof Integer uid
                    ? Optional.of(Integer.toUnsignedLong(uid))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The mounts of this process's namespace. */
    List<MountLine> mounts() {
        return text("/proc/self/mountinfo").stream()
                .flatMap(String::lines)
                .flatMap(line -> MountLine.parse(line).stream())
                .toList();
    }

    /** Whether a program is in one of the usual directories. */
    boolean hasProgram(String name) {
        return program(name).isPresent();
    }

    private Optional<Path> program(String name) {
        return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(directory -> at(directory + "/" + name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What a program of the host says; nothing where it is not there or fails. */
    String output(String program, String... arguments) {
        Optional<Path> found = program(program);
        if (found.isEmpty()) {
            return "";
        }
        List<String> command = new ArrayList<>(List.of(found.get().toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
