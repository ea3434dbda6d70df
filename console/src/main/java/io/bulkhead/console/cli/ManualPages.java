package io.bulkhead.console.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the manual pages; the build runs it. */
public final class ManualPages {
    private ManualPages() {}

    /**
     * Writes every page into {@code man1} and {@code man5} below a directory.
     *
     * @param args the directory, and the version to name
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("takes DIRECTORY VERSION");
        }
        for (ManualPage page : all(args[1])) {
            Path directory = Files.createDirectories(Path.of(args[0], page.directory()));
            Files.writeString(directory.resolve(page.fileName()), page.roff(), StandardCharsets.UTF_8);
        }
    }

    static List<ManualPage> all(String version) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Surroundings surroundings =
                new Surroundings(InputStream.nullInputStream(), nowhere, nowhere, Map.of(), false, false, false);
        List<ManualPage> pages =
                new ArrayList<>(new VerbPages(Main.commandLine(new Bulkhead(surroundings)), version).all());
        pages.addAll(new FilePages(version).all());
        return pages;
    }
}
