package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of images, with builds that take no time. */
class GuestImageTest {
    @TempDir
    private Path directory;

    private Path sources = Path.of("");
    private Path cache = Path.of("");
    private final List<String> progress = new ArrayList<>();

    @BeforeEach
    void makeSources() throws IOException {
        sources = Files.createDirectory(directory.resolve("sources"));
        cache = directory.resolve("cache");
        Files.writeString(sources.resolve("packages"), "bash\n");
        builds("echo $1 $2 >\"$3/root.img\"");
    }

    @Test
    void buildsOnceAndThenTakesWhatIsThere() throws Exception {
        GuestImage first = image();
        GuestImage second = image();

        assertThat(second).isEqualTo(first);
        assertThat(first.root()).hasContent("trixie 6.12");
        assertThat(progress).hasSize(1);
    }

    @Test
    void buildsAnewWhenAnythingThatGoesInHasChanged() throws Exception {
        GuestImage first = image();
        Files.writeString(sources.resolve("packages"), "bash\nless\n");

        GuestImage second = image();

        assertThat(second.directory()).isNotEqualTo(first.directory());
        assertThat(first.root()).exists();
    }

    @Test
    void removesWhatNobodyAskedForInAWeek() throws Exception {
        GuestImage old = image();
        Files.setLastModifiedTime(old.directory(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Files.writeString(sources.resolve("packages"), "less\n");

        GuestImage fresh = image();

        assertThat(old.directory()).doesNotExist();
        assertThat(fresh.root()).exists();
    }

    @Test
    void aFailedBuildIsToldWithItsOutputAndLeavesNoImage() throws Exception {
        builds("touch \"$3/root.img\"; echo no such package; exit 3");

        assertThatThrownBy(this::image)
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("ended with 3")
                .hasMessageContaining("no such package");

        try (Stream<Path> left = Files.list(cache)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith("trixie-"));
        }
        builds("echo good >\"$3/root.img\"");
        assertThat(image().root()).hasContent("good");
    }

    private void builds(String script) throws IOException {
        Path build = Files.writeString(sources.resolve("build-image"), "#!/bin/bash\n" + script + "\n");
        assertThat(build.toFile().setExecutable(true)).isTrue();
    }

    private GuestImage image() throws IOException, InterruptedException {
        return GuestImage.of(Release.TRIXIE, sources, cache, progress::add);
    }
}
